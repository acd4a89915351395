import type { Caller } from '#core/identity/caller.ts';

/** Limits far above what a bench can use, so that every window is really kept. */
const limits = {
  requestsPerMinute: 10_000_000,
  tokensPerMinute: 100_000_000_000,
  tokensPerDay: 10_000_000_000_000,
  nanoUsdPerMonth: 1_000_000_000_000_000,
};

/** A caller with limits of its tenant and of its key. */
export const benchCaller: Caller = {
  tenantId: 'acme',
  keyId: 'bench-key-01',
  scopes: ['ballast/inference'],
  limits: { tenant: limits, key: { requestsPerMinute: 10_000_000 } },
  bodies: 'redacted',
};

/** A route as the platform file has it, every default a deployment's. */
export const benchRoute = { name: 'chat', targets: [{ provider: 'mock', model: 'm' }] };

const SENTENCE =
  'Please read the log of the voyage and say in plain words what went well and what did not. ';

/** A prompt of 4 KB of ordinary English. */
const PROMPT = SENTENCE.repeat(Math.ceil(4_096 / SENTENCE.length)).slice(0, 4_096);

export const chatBody = (stream: boolean, prompt = PROMPT): string =>
  JSON.stringify({
    model: 'chat',
    messages: [
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content: prompt },
    ],
    max_tokens: 300,
    stream,
  });

/** By target name, in nano-dollars per token. */
export const benchPrices = { 'mock/m': { inputNanoUsd: 1_000, outputNanoUsd: 2_000 } };
