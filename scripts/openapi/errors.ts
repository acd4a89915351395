import { type FailureCode, failurePolicies } from '#core/failures/failure.ts';
import { refTo } from './component-schemas.ts';
import { failureMeanings } from './failure-meanings.ts';
import { headerRefs } from './headers.ts';

const codes = Object.keys(failurePolicies) as FailureCode[];

/** Seen in audit records only: nobody is there to get the answer. */
const NEVER_SENT: readonly FailureCode[] = ['client_disconnected'];

const sentCodes = codes.filter((code) => !NEVER_SENT.includes(code));

const errorStatuses = [...new Set(sentCodes.map((code) => failurePolicies[code].status))].sort(
  (left, right) => left - right,
);

const codesOf = (status: number): readonly FailureCode[] =>
  sentCodes.filter((code) => failurePolicies[code].status === status);

/** One response for each status a failure may have, with an example of every code. */
export const errorResponses = (): Record<string, object> =>
  Object.fromEntries(errorStatuses.map((status) => [`Error${status}`, responseOf(status)]));

const responseOf = (status: number): object => ({
  description: codesOf(status)
    .map((code) => `- \`${code}\`: ${failureMeanings[code]}`)
    .join('\n'),
  headers: headerRefs(
    'x-request-id',
    'x-should-retry',
    ...(codesOf(status).some((code) => failurePolicies[code].clientMayRetry)
      ? (['retry-after', 'retry-after-ms'] as const)
      : []),
  ),
  content: {
    'application/json': {
      schema: refTo('Error'),
      examples: Object.fromEntries(codesOf(status).map((code) => [code, exampleOf(code)])),
    },
  },
});

const exampleOf = (code: FailureCode): object => ({
  value: {
    error: { message: failureMeanings[code], type: failurePolicies[code].type, param: null, code },
  },
});

/** References to the responses of these statuses; every door may also fail with a 500. */
export const failsWith = (...statuses: readonly number[]): Record<string, object> =>
  Object.fromEntries(
    [...statuses, 500]
      .filter((status) => errorStatuses.includes(status))
      .map((status) => [String(status), { $ref: `#/components/responses/Error${status}` }]),
  );

/** The whole failure table in Markdown; a list, for a phone has no room for five columns. */
export const errorList = (): string =>
  sentCodes
    .map((code) => {
      const { status, type, clientMayRetry } = failurePolicies[code];
      const retry = clientMayRetry ? ', may be sent again' : '';
      return `- **${status}** \`${code}\` (\`${type}\`${retry}): ${failureMeanings[code]}`;
    })
    .join('\n');
