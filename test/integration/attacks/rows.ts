import type { ReliabilityRow, UncoveredRow } from '../../support/reliability-row.ts';

const unauthorized = { status: 401, code: 'invalid_api_key' } as const;

/** What somebody tries who means harm, and what then happens. */
export const attackRows: readonly ReliabilityRow[] = [
  {
    id: 'A01',
    fault: 'a way in that skips the authorizer',
    answers: [unauthorized],
    invariants: [
      'every method in the template is in the table of endpoints, and behind the authorizer as the table says',
      'no door that needs a caller works without one',
    ],
  },
  {
    id: 'A02',
    fault: 'a request that skips admission, the guardrail or the audit',
    answers: [],
    invariants: [
      'reserved, intent written and input judged before any model is called',
      'nothing leaves that the guardrail has not judged',
      'settled and completed once',
    ],
  },
  {
    id: 'A03',
    fault:
      'a caller built by the client: in a header, the body, the query or an event’s own fields',
    answers: [unauthorized],
    invariants: ['the caller is what the authorizer says and nothing else'],
  },
  {
    id: 'A04',
    fault: 'paths that mean two things: `//`, `%2f`, `..`, upper case, an absolute target',
    answers: [{ status: 404, code: 'not_found' }],
    invariants: ['never another endpoint than the one that was authorized'],
  },
  {
    id: 'A05',
    fault: 'terminal escapes in names that an operator’s tool shows',
    answers: [],
    invariants: ['no control character reaches the terminal'],
  },
  {
    id: 'F06',
    fault: 'a token that has expired, is not valid yet, or has an absurd `iat`',
    answers: [],
    metric: 'AuthorizationRefusals',
    invariants: ['59 s of skew are forgiven, 61 s are not'],
  },
  {
    id: 'F07',
    fault:
      'a token whose algorithm or key its bearer chose: none, HMAC, `jwk`, `jku`, `x5u`, `crit`',
    answers: [],
    metric: 'AuthorizationRefusals',
    invariants: ['refused; no address in a token is ever fetched'],
  },
  {
    id: 'F08',
    fault: 'a token for another issuer, audience, client or use, or without a scope of ours',
    answers: [],
    metric: 'AuthorizationRefusals',
    invariants: ['refused; without a scope it may do nothing'],
  },
  {
    id: 'F09',
    fault: 'key ids that traverse, inject or flood, and another issuer’s key under a known id',
    answers: [],
    metric: 'AuthorizationRefusals',
    invariants: ['one request to the issuer in 10 s at most', 'nobody else is kept out'],
  },
  {
    id: 'F12',
    fault: 'a caller who claims to be another tenant',
    answers: [],
    invariants: ['the tenant is that of the credential, in answers, records and usage'],
  },
  {
    id: 'F14',
    fault: 'a tenant’s key on the admin API',
    answers: [{ status: 403, code: 'insufficient_scope' }],
    invariants: ['nothing is changed'],
  },
  {
    id: 'F27',
    fault: 'absurd numbers and sizes: `n`, `max_tokens`, stop strings, tools, biases',
    answers: [
      { status: 400, code: 'invalid_value' },
      { status: 400, code: 'unsupported_parameter' },
      { status: 400, code: 'reservation_too_large' },
    ],
    invariants: ['nothing is reserved, no model is called'],
  },
  {
    id: 'F32',
    fault: 'the id of another tenant’s record, or of anything an administrator owns',
    answers: [
      { status: 404, code: 'not_found' },
      { status: 403, code: 'insufficient_scope' },
    ],
    invariants: ['the same answer as for an id that never was, on every route with an id'],
  },
  {
    id: 'F33',
    fault: 'addresses of internal hosts in `image_url`',
    answers: [{ status: 400, code: 'unsupported_media_source' }],
    invariants: ['no address of a request is ever fetched'],
  },
  {
    id: 'F34',
    fault: 'header smuggling: two lengths, two credentials, folded lines, hop-by-hop names',
    answers: [unauthorized],
    invariants: ['one answer a request, and never for somebody else’s credential'],
  },
  {
    id: 'F39',
    fault:
      'log injection: line breaks, escapes, JSON, `{{jndi}}` in prompts, names, paths, headers',
    answers: [],
    invariants: ['each line is one JSON object', 'no line is forged, no prompt or key is in any'],
  },
];

/** What nobody tests yet. */
export const uncoveredAttacks: readonly UncoveredRow[] = [
  {
    id: 'F13',
    fault: 'the authorizer’s cache across tokens and routes',
    why: 'API Gateway’s own; the template’s cache key is the whole header (`test/synth/api.test.ts`), a deployment has to show the rest',
  },
  {
    id: 'F35',
    fault: 'a tool call with undeclared names or megabytes of arguments',
    why: 'arguments are judged before release (F36); undeclared tools pass unaltered, as the API does it',
  },
];

/** Title of a row's tests. */
export function attack(id: string): string {
  const row = attackRows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`the table has no row ${id}`);
  return `${id} ${row.fault}`;
}

/** `400 invalid_value`, for each answer that the row allows. */
export const answersOf = (id: string): readonly string[] =>
  (attackRows.find((row) => row.id === id)?.answers ?? []).map(
    ({ status, code }) => `${status} ${code}`,
  );
