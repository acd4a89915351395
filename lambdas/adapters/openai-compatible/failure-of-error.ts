import type { IncomingHttpHeaders } from 'node:http';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import {
  invalidAnswer,
  misconfigured,
  retryAfterMs,
  saysTooLong,
} from '#core/chat/provider-failures.ts';
import { providerMessage } from '#core/chat/provider-message.ts';
import { Failure } from '#core/failures/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from './json-object.ts';

interface ErrorContext {
  /** Name of the provider in messages. */
  readonly provider: string;
  readonly request: ChatRequest;
}

interface ErrorAnswer extends ErrorContext {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Is this the body of an error, whatever its status? */
export const statesError = (body: unknown): body is JsonObject =>
  isJsonObject(body) &&
  ((body['error'] !== undefined && body['error'] !== null) || body['object'] === 'error');

/** What an answer with another status than 2xx means. */
export function failureOfAnswer(answer: ErrorAnswer): Failure {
  const { provider, status, headers, body } = answer;
  if (status < 400) {
    return misconfigured(provider, `it answered with status ${status}; redirects are not followed`);
  }
  const page = /^\s*</.test(body);
  if (isCallersFault(status) && page) {
    return invalidAnswer(provider, `answered with status ${status} and a page instead of JSON`);
  }
  // What a proxy's page says is for people who watch the provider, not for those who call us.
  return failureOfStatus(status, page ? undefined : (parseJson(body) ?? body), {
    ...answer,
    retryAfterMs: retryAfterMs(headers) ?? untilDateMs(headers),
  });
}

/** What an error object in the midst of a stream, or in place of an answer, means. */
export function failureOfError(body: unknown, context: ErrorContext): Failure {
  const { code, status } = readError(body);
  const stated = Number(status ?? code);
  const known = Number.isInteger(stated) && stated >= 400 && stated <= 599 ? stated : undefined;
  return failureOfStatus(known ?? statusOf(String(code)), body, context);
}

function failureOfStatus(
  status: number,
  body: unknown,
  context: ErrorContext & { readonly retryAfterMs?: number | undefined },
): Failure {
  const { provider, request } = context;
  if (status === 401 || status === 403) {
    return misconfigured(provider, `it refused the platform's credentials (status ${status})`);
  }
  if (status === 402) return misconfigured(provider, 'its account has no credit (status 402)');
  if (status === 404) return misconfigured(provider, 'it does not know the model or the path');
  const { code, message } = readError(body);
  const said = providerMessage(message, request);
  const because = said === undefined ? `status ${status}` : said;
  if (status === 429) {
    const wait = context.retryAfterMs;
    return new Failure(
      'provider_throttled',
      `${provider} allows no more requests now: ${because}`,
      wait === undefined ? {} : { retryAfterMs: wait },
    );
  }
  if (!isCallersFault(status)) {
    return new Failure('provider_unavailable', `${provider} failed: ${because}`);
  }
  const tooLong = code === 'context_length_exceeded' || saysTooLong(String(message));
  return new Failure(
    tooLong ? 'context_length_exceeded' : 'provider_rejected',
    `${provider} refused the request: ${because}`,
    tooLong ? { param: 'messages' } : {},
  );
}

/** 408 and 425 say that the server was not ready, not that the request was wrong. */
const isCallersFault = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 425;

/** The status an error code would have had, had there been one to send. */
function statusOf(code: string): number {
  if (/rate_?limit|throttl|too_many_requests/i.test(code)) return 429;
  if (/context_length|invalid_request|invalid_value|bad_?request/i.test(code)) return 400;
  return 500;
}

/** The three shapes servers use: `{"error":{…}}`, `{"error":"…"}`, and the error itself. */
function readError(body: unknown): { code?: unknown; status?: unknown; message?: unknown } {
  if (!isJsonObject(body)) return { message: body };
  const stated = body['error'] ?? body;
  if (!isJsonObject(stated)) return { message: stated };
  return {
    code: stated['code'] ?? stated['type'],
    status: stated['status'],
    message: stated['message'] ?? stated['detail'],
  };
}

/** Both dates are the server's own, so that its clock may be wrong. */
function untilDateMs(headers: IncomingHttpHeaders): number | undefined {
  const waitMs = Date.parse(headers['retry-after'] ?? '') - Date.parse(headers.date ?? '');
  return Number.isFinite(waitMs) && waitMs >= 0 ? waitMs : undefined;
}
