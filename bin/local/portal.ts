import type { Door } from '#runtime/http.ts';

export const localPortal = (): Door => async (_request, responder) => {
  responder.start(200, { 'content-type': 'application/json' });
  await responder.end('{"status":"ok"}');
};
