import type { Caller } from '#core/identity/caller.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import { newUlid } from '#runtime/host.ts';
import type { Door, HttpRequest } from '#runtime/http.ts';
import { createGateway } from '../../lambdas/gateway/gateway.ts';
import { CollectingResponder } from './collecting-responder.ts';
import { aCaller } from './inference.ts';

const silentLog = { info() {}, warn() {}, error() {} };

export const aGateway = (ports: InferencePorts): Door =>
  createGateway({ ports, newId: newUlid, log: silentLog, allowedOrigins: 'https://app.example' });

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly caller?: Caller | undefined;
  readonly responder?: CollectingResponder;
  readonly disconnected?: Cancellation;
  readonly deadlineMs?: number;
}

export async function ask(gateway: Door, call: Call): Promise<CollectingResponder> {
  const responder = call.responder ?? new CollectingResponder();
  const caller = 'caller' in call ? call.caller : aCaller();
  const request: HttpRequest = {
    method: call.method ?? 'POST',
    path: call.path ?? '/v1/chat/completions',
    query: {},
    headers: { 'content-type': 'application/json', ...call.headers },
    body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body ?? ''),
    ...(caller === undefined ? {} : { caller }),
  };
  await gateway(request, responder, {
    deadlineMs: call.deadlineMs ?? Number.MAX_SAFE_INTEGER,
    disconnected: call.disconnected ?? new Cancellation(),
  });
  return responder;
}

export const chat = (content: string, rest: object = {}) => ({
  model: 'chat',
  messages: [{ role: 'user', content }],
  ...rest,
});

/** The data of every SSE frame; fails on anything that is not a whole frame. */
export function framesOf(body: string): string[] {
  const frames = body.split('\n\n');
  if (frames.pop() !== '') throw new Error('the stream does not end with a whole frame');
  return frames
    .filter((frame) => !frame.startsWith(':'))
    .map((frame) => {
      if (!frame.startsWith('data: ') || frame.includes('\n')) {
        throw new Error(`not a frame of one data line: ${frame}`);
      }
      return frame.slice('data: '.length);
    });
}
