import type { ReliabilityRow } from '../../support/reliability-row.ts';

/** What callers do: bad input, too much of it, and leaving early. */
export const requestRows: readonly ReliabilityRow[] = [
  {
    id: 'F01',
    fault:
      'a body that is empty, cut, of another type, nested 10,000 deep, or tells of `__proto__`',
    answers: [
      { status: 400, code: 'invalid_json' },
      { status: 400, code: 'unsupported_parameter' },
    ],
    metric: 'Requests',
    invariants: ['no model is called', 'recorded as refused', 'no prototype changes'],
  },
  {
    id: 'F02',
    fault: 'a body over 4 MB, over 6 MB, or compressed',
    answers: [
      { status: 413, code: 'request_too_large' },
      { status: 400, code: 'invalid_json' },
    ],
    invariants: ['nothing is inflated', 'nothing is charged'],
  },
  {
    id: 'F03',
    fault: 'a model slower than its route allows',
    answers: [
      { status: 504, code: 'deadline_exceeded' },
      { status: 504, code: 'provider_timeout' },
    ],
    metric: 'ServerErrors',
    alarm: 'gateway-5xx-rate',
    invariants: ['the provider is hung up on', 'settled, and flagged as estimated'],
  },
  {
    id: 'F04',
    fault: 'a client that leaves in the middle of a stream (local and ECS; Lambda is not told)',
    answers: [{ status: 200 }],
    invariants: ['the provider is hung up on', 'recorded as partial', 'billed for what was said'],
  },
  {
    id: 'F05',
    fault: 'a minute of silence before the first token and between tokens',
    answers: [{ status: 200 }],
    invariants: ['a comment at least every 15 s', 'the stream ends whole'],
  },
  {
    id: 'F16',
    fault: '200 requests at once for the last 5 of a window',
    answers: [{ status: 429, code: 'rate_limit_exceeded' }],
    metric: 'QuotaDenials',
    invariants: ['exactly 5 are served, and 5 more after the roll-over', 'settled ≤ limit'],
  },
  {
    id: 'F28',
    fault: 'a prompt larger than the model’s context',
    answers: [{ status: 400, code: 'context_length_exceeded' }],
    invariants: ['nothing is charged', 'no other model is asked'],
  },
  {
    id: 'F29',
    fault: 'a megabyte that was made to keep a pattern busy',
    answers: [{ status: 200 }],
    invariants: ['each detector gets through a megabyte of every such piece', 'the answer comes'],
  },
  {
    id: 'F31',
    fault: 'a payment card at the end of 200,000 characters, in any role, part or tool result',
    answers: [{ status: 200 }],
    invariants: ['the model never sees it'],
  },
  {
    id: 'F36',
    fault:
      'an answer whose payment card comes in pieces: characters, bytes, choices, tool arguments',
    answers: [{ status: 200 }],
    invariants: ['no 8 digits in a row reach the client', 'the stream ends whole'],
  },
  {
    id: 'F38',
    fault: 'one tenant that floods: tiny requests, or streams that never end',
    answers: [
      { status: 429, code: 'rate_limit_exceeded' },
      { status: 429, code: 'concurrency_exceeded' },
    ],
    metric: 'QuotaDenials',
    invariants: ['every request of another tenant is served'],
  },
];
