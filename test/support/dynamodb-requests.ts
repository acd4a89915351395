import type { ProxiedRequest } from './fault-proxy.ts';

/** The writes of one inference, in order; the first two are on their way together. */
export const WRITES = ['reserve', 'intent', 'completion', 'settle'] as const;
export type Write = (typeof WRITES)[number];

/** `UpdateItem`, `PutItem`, … */
export const operationOf = ({ headers }: ProxiedRequest): string =>
  String(headers['x-amz-target']).split('.').at(-1) ?? '';

/** Which write of an inference this is; undefined for anything else. */
function writeOf(request: ProxiedRequest): Write | undefined {
  const operation = operationOf(request);
  const body = request.body.toString();
  if (operation === 'UpdateItem') {
    return body.includes('attribute_not_exists') ? 'reserve' : 'settle';
  }
  if (operation !== 'PutItem') return undefined;
  return body.includes('#intent') ? 'intent' : 'completion';
}

export const isWrite =
  (write: Write) =>
  (request: ProxiedRequest): boolean =>
    writeOf(request) === write;

export const isOnTable =
  (name: string) =>
  ({ body }: ProxiedRequest): boolean =>
    JSON.parse(body.toString()).TableName === name;
