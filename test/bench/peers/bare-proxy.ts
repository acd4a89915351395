// The least a gateway on Node can be: it pipes the request up and the answer down.
import { Agent, request } from 'node:http';
import { serve, settings } from './serve.ts';

const { upstreamPort } = settings<{ readonly upstreamPort: number }>();
const agent = new Agent({ keepAlive: true, noDelay: true });

serve((incoming, response) => {
  const upstream = request(
    {
      agent,
      port: upstreamPort,
      host: '127.0.0.1',
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  upstream.on('error', () => response.destroy());
  incoming.pipe(upstream);
});
