// A proxy on Hono and the global fetch, with no feature: what Portkey's gateway stands on. Runs where
// the packages of this folder have been installed.
// biome-ignore lint/correctness/noUnresolvedImports: installed beside the copy that runs.
import { serve } from '@hono/node-server';
// biome-ignore lint/correctness/noUnresolvedImports: installed beside the copy that runs.
import { Hono } from 'hono';

const [port, upstreamPort] = process.argv.slice(2).map(Number);
const app = new Hono();

app.all('*', async (context) => {
  const { method } = context.req;
  const headers = new Headers(context.req.header());
  // Both belong to the connection that the request came on.
  for (const name of ['host', 'connection', 'content-length']) headers.delete(name);
  const answer = await fetch(`http://127.0.0.1:${upstreamPort}${context.req.path}`, {
    method,
    headers,
    body: method === 'GET' ? undefined : await context.req.text(),
  });
  return new Response(answer.body, {
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? 'application/json' },
  });
});

serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
