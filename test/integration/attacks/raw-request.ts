import { request } from 'node:http';
import { text } from 'node:stream/consumers';

interface RawRequest {
  readonly method?: string;
  /** Sent as it stands: `fetch` would tidy it up. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request without the good manners of `fetch`. */
export function rawRequest(
  url: string,
  { method = 'GET', path, headers = {}, body }: RawRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: hostname, port, method, path, headers, agent: false },
      (answer) => {
        text(answer).then(
          (said) => resolve({ status: answer.statusCode ?? 0, body: said }),
          reject,
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
