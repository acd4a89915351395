import { expect } from 'vitest';
import type { ClientId } from './clients.ts';
import type { Observation, Stage } from './stage.ts';

interface Sighting {
  readonly client: ClientId;
  readonly observation: Observation;
  readonly stage: Stage;
}

/** What the client must have seen. Throws, as assertions do. */
type Check = (sighting: Sighting) => void | Promise<void>;

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Type and param do not survive every client. */
const sdkError = (status: number, code: string) => expect.objectContaining({ status, code });

const statusOnly = { 401: 401, 403: 403, 404: 404, 503: 503 };

const classes = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  429: 'RateLimitError',
  503: 'InternalServerError',
};

const oneCall = [{ name: 'weather', arguments: { city: 'simulated', days: 1 } }];

const members = ['code', 'message', 'param', 'type'];

/** By row number. */
export const checks: Readonly<Record<number, Check>> = {
  1: ({ client, observation: { seen } }) => {
    if (client === 'fetch') {
      const failures = seen as { readonly status: number }[];
      expect(failures.map(({ status }) => status)).toEqual([400, 401, 400, 404, 503, 413]);
      for (const failure of failures) {
        expect(failure).toMatchObject({
          type: 'application/json',
          only: ['error'],
          members,
          requestId: expect.stringMatching(ULID),
          shouldRetry: expect.stringMatching(/^(?:true|false)$/),
        });
      }
      return;
    }
    expect(seen).toMatchObject({
      status: 400,
      code: 'invalid_value',
      type: 'invalid_request_error',
      param: 'temperature',
    });
    expect((seen as { message: string }).message).toContain('got 5');
  },

  2: ({ client, observation: { seen } }) => {
    const byStatus = client === 'ai-sdk' || client === 'langchain';
    expect(seen).toEqual(byStatus ? statusOnly : classes);
  },

  3: ({ client, observation: { seen, hits } }) => {
    if (client === 'fetch') {
      expect(seen).toEqual({ caller: 'false', provider: 'true' });
      return;
    }
    expect(seen).toEqual(sdkError(429, 'insufficient_quota'));
    expect(hits).toBe(1);
  },

  4: ({ observation: { seen } }) => {
    const { status, after, afterMs } = seen as {
      readonly status: number;
      readonly after: string;
      readonly afterMs: string;
    };
    expect([429, 503]).toContain(status);
    expect(Number(after)).toBeGreaterThan(0);
    expect(Number(after)).toBeLessThanOrEqual(60);
    expect(Math.ceil(Number(afterMs) / 1_000)).toBe(Number(after));
  },

  5: async ({ client, observation: { seen }, stage }) => {
    const { ofAnswer, ofError, id } = seen as Readonly<Record<string, string>>;
    for (const requestId of [ofAnswer, ofError]) {
      if (requestId !== undefined) expect(requestId).toMatch(ULID);
    }
    if (client !== 'fetch') expect(ofError).toMatch(ULID);
    if (client === 'langchain') return;
    expect(id).toBe(`chatcmpl-${ofAnswer}`);
    const record = await stage.audit(ofAnswer ?? '', stage.mainKey);
    expect(record).toMatchObject({ id: ofAnswer, outcome: 'completed' });
  },

  6: ({ observation: { seen } }) => {
    const rates = seen as Readonly<Record<string, string>>;
    const reset = expect.stringMatching(/^(?:\d+ms|[\d.]+s|\d+m\d+s)$/);
    expect(rates).toEqual({
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-limit-tokens': '1000000',
      'x-ratelimit-remaining-requests': expect.stringMatching(/^\d+$/),
      'x-ratelimit-remaining-tokens': expect.stringMatching(/^\d+$/),
      'x-ratelimit-reset-requests': reset,
      'x-ratelimit-reset-tokens': reset,
    });
    expect(Number(rates['x-ratelimit-remaining-requests'])).toBeLessThan(1_000);
  },

  7: ({ observation: { seen } }) =>
    expect(seen).toEqual({
      type: 'text/event-stream; charset=utf-8',
      cache: 'no-cache',
      encoding: null,
    }),

  8: ({ observation: { seen } }) => expect(seen).toEqual({ ends: true, odd: [] }),

  9: ({ observation: { seen } }) => {
    const { verdict, done, frames, leaked } = seen as Readonly<Record<string, number>>;
    expect(verdict).toBeGreaterThan(0);
    expect(verdict).toBeLessThan(Number(done));
    expect(done).toBe(Number(frames) - 1);
    expect(leaked).toBe(false);
  },

  10: ({ observation: { seen } }) =>
    expect(seen).toEqual({ success: 'data: [DONE]', error: 'stream_interrupted' }),

  11: ({ client, observation: { seen } }) => {
    switch (client) {
      case 'fetch':
        expect(seen).toEqual({ error: 'stream_truncated', reasons: [null], done: false });
        return;
      case 'ai-sdk':
        expect(seen).toMatchObject({ told: true, text: expect.stringContaining('The answer') });
        expect((seen as { message: string }).message).toContain('ended');
        return;
      default:
        expect(seen).toMatchObject({
          code: 'stream_truncated',
          text: expect.stringContaining('answer'),
        });
    }
    if (client !== 'langchain') {
      expect(seen).toMatchObject({ isApiError: true, helper: { code: 'stream_truncated' } });
    }
  },

  12: ({ client, observation: { seen, hits } }) => {
    if (client === 'fetch') {
      expect(seen).toEqual({
        status: 200,
        error: members,
        early: 503,
        earlyType: 'application/json',
      });
      return;
    }
    expect(hits).toBe(1);
    expect(seen).toMatchObject({ text: expect.stringContaining('So far') });
    expect(seen).toMatchObject(
      client === 'ai-sdk' ? { told: true } : { code: 'stream_interrupted' },
    );
  },

  13: ({ client, observation: { seen } }) => {
    switch (client) {
      case 'fetch':
        expect(seen).toEqual([
          [0, 'assistant'],
          [1, 'assistant'],
        ]);
        return;
      case 'ai-sdk':
      case 'langchain':
        expect(seen).toEqual({ text: 'hello there' });
        return;
      default:
        expect(seen).toEqual({ role: 'assistant', helper: 'hello there' });
    }
  },

  14: ({ client, observation: { seen } }) => {
    expect(seen).toMatchObject({ calls: oneCall });
    if (client === 'ai-sdk' || client === 'langchain') return;
    expect(seen).toMatchObject({
      indexes: [0],
      first: { id: 'string', type: 'function', name: 'weather' },
    });
    expect((seen as { fragments: number }).fragments).toBeGreaterThan(2);
  },

  15: ({ client, observation: { seen } }) =>
    expect(seen).toEqual(
      client === 'ai-sdk'
        ? { stop: 'stop', length: 'length', tool: 'tool-calls', blocked: 'content-filter' }
        : { stop: 'stop', length: 'length', tool: 'tool_calls', blocked: 'content_filter' },
    ),

  16: ({ client, observation: { seen } }) =>
    expect(seen).toEqual(
      client === 'ai-sdk' || client === 'langchain'
        ? { total: true }
        : { last: { choices: 0, usage: true }, others: [null], unasked: 0 },
    ),

  17: ({ client, observation: { seen } }) =>
    expect(seen).toMatchObject(
      client === 'ai-sdk' || client === 'langchain'
        ? { input: true, output: true, cached: 0 }
        : {
            usage_source: 'provider',
            prompt_tokens_details: { cached_tokens: 0 },
            completion_tokens_details: { reasoning_tokens: 0 },
          },
    ),

  18: ({ observation: { seen } }) => {
    expect(seen).toMatchObject({ distinct: [1, 1, 1, 1], object: 'chat.completion.chunk' });
    expect((seen as { chunks: number }).chunks).toBeGreaterThan(3);
  },

  19: ({ observation: { seen } }) =>
    expect(seen).toMatchObject({
      called: {
        index: 0,
        logprobs: null,
        message: { role: 'assistant', content: null, refusal: null },
      },
      said: { index: 0, logprobs: null, message: { content: 'x', refusal: null } },
    }),

  20: ({ observation: { seen } }) => expect(seen).toBe('thank you'),

  21: ({ observation: { seen } }) => expect(seen).toEqual([7, 9, 11]),

  22: ({ observation: { seen } }) =>
    expect(seen).toEqual({ parsed: { city: 'simulated', size: 1 } }),

  23: ({ observation: { seen } }) =>
    expect(seen).toMatchObject({
      indexes: [
        [0, null],
        [1, null],
      ],
      refused: {
        kind: 'BadRequestError',
        code: 'unsupported_parameter',
        param: 'logprobs',
      },
    }),

  24: ({ client, observation: { seen } }) => {
    expect(seen).toMatchObject({ unknown: { status: 404, code: 'model_not_found' } });
    if (client === 'ai-sdk' || client === 'langchain') return;
    expect(seen).toMatchObject({ listed: true, one: 'simulated/echo', served: 'simulated/lorem' });
    if (client === 'fetch') expect(seen).toMatchObject({ header: 'simulated/lorem' });
  },

  25: async ({ observation: { seen }, stage }) => {
    const { seen: chunks, id } = seen as { readonly seen: number; readonly id: string };
    expect(chunks).toBe(3);
    await expect
      .poll(() => stage.audit(id, stage.mainKey), { timeout: 10_000 })
      .toMatchObject({ outcome: 'partial', failure: 'client_disconnected' });
  },

  26: ({ observation: { seen } }) => {
    const origin = 'http://localhost:3000';
    const exposed = expect.stringContaining('x-request-id');
    expect(seen).toMatchObject({
      preflight: {
        status: 204,
        origin,
        allowed: expect.stringContaining('x-stainless-retry-count'),
      },
      answer: { status: 200, origin, exposed },
      error: { status: 400, origin, exposed },
      edge: { status: 401, origin, exposed },
    });
  },

  27: ({ observation: { seen } }) => expect(seen).toEqual({ head: 200, health: 200 }),

  28: async ({ observation: { seen, hits }, stage }) => {
    const { id, status } = seen as { readonly id: string; readonly status: number };
    expect({ status, hits }).toEqual({ status: 503, hits: 2 });
    expect(await stage.audit(id, stage.mainKey)).toMatchObject({ client_retry: 1 });
  },

  29: ({ observation: { seen } }) => expect(seen).toBe(true),
};
