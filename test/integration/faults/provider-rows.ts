import type { ReliabilityRow } from '../../support/reliability-row.ts';

/** What providers do: refuse, break, lie, and fall silent. */
export const providerRows: readonly ReliabilityRow[] = [
  {
    id: 'F19',
    fault: 'a provider that throttles, with and without `retry-after`',
    answers: [{ status: 503, code: 'provider_throttled' }],
    metric: 'ServerErrors',
    alarm: 'gateway-5xx-rate',
    invariants: [
      'the fallback serves where there is one',
      '`retry-after` is passed on',
      'no circuit opens',
    ],
  },
  {
    id: 'F20',
    fault: 'a burst of server errors',
    answers: [
      { status: 503, code: 'provider_unavailable' },
      { status: 503, code: 'circuit_open' },
    ],
    metric: 'CircuitOpened',
    alarm: 'circuit-opened',
    invariants: [
      'an open circuit calls nobody',
      'one probe at a time',
      'it closes by itself',
      'with a fallback no request is lost',
    ],
  },
  {
    id: 'F21',
    fault: 'a stream that is reset, cut within a character, malformed or failed by its model',
    answers: [
      { status: 200, code: 'stream_interrupted' },
      { status: 200, code: 'stream_truncated' },
    ],
    metric: 'ServerErrors',
    invariants: [
      'what was sent is valid and whole frames',
      'no `[DONE]`',
      'recorded as partial, usage estimated',
      'no second model goes on',
    ],
  },
  {
    id: 'F22',
    fault: 'an answer without usage, without choices, or that is no answer at all',
    answers: [{ status: 200 }, { status: 502, code: 'provider_invalid_response' }],
    metric: 'ServerErrors',
    alarm: 'gateway-5xx-rate',
    invariants: [
      'usage is estimated, and flagged so',
      'an answer without a message or an end is none',
    ],
  },
  {
    id: 'D09',
    fault: 'Bedrock fails before its first byte',
    answers: [
      { status: 200 },
      { status: 503, code: 'provider_unavailable' },
      { status: 504, code: 'provider_timeout' },
    ],
    metric: 'ServerErrors',
    alarm: 'gateway-5xx-rate',
    invariants: ['`x-ballast-model` names who answered', 'every attempt is recorded'],
  },
  {
    id: 'D10',
    fault: 'Bedrock fails after its first byte',
    answers: [
      { status: 200, code: 'stream_interrupted' },
      { status: 502, code: 'provider_invalid_response' },
    ],
    metric: 'ServerErrors',
    alarm: 'gateway-5xx-rate',
    invariants: ['no silent fallback once something was said', 'no `[DONE]`'],
  },
];
