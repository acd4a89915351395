import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One call on its way to DynamoDB. */
export interface ProxiedCall {
  /** `UpdateItem`, `PutItem`, … */
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** From 1, over all operations. */
  readonly count: number;
}

/**
 * What happens to a call: `before` it reaches the store, and `after` it did but before the caller
 * hears of it. `throttle` and `reset` answer in the store's stead.
 */
interface ProxyRule {
  before?(call: ProxiedCall): 'throttle' | 'reset' | undefined | Promise<undefined>;
  after?(call: ProxiedCall): 'reset' | undefined | Promise<undefined>;
}

export interface DynamodbProxy {
  readonly endpoint: string;
  /** Every call so far. */
  readonly calls: readonly ProxiedCall[];
  rule: ProxyRule;
  close(): Promise<void>;
}

/** A thin proxy in front of a DynamoDB that can refuse, throttle and cut. */
export async function startDynamodbProxy(target: string): Promise<DynamodbProxy> {
  const calls: ProxiedCall[] = [];
  const proxy = { rule: {} as ProxyRule };
  const server = createServer((incoming, response) => {
    void pass(incoming, response, { target, calls, proxy });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

interface Passing {
  readonly target: string;
  readonly calls: ProxiedCall[];
  readonly proxy: { readonly rule: ProxyRule };
}

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  { target, calls, proxy }: Passing,
): Promise<void> {
  const body = await buffer(incoming);
  const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
  const call = { operation, body: JSON.parse(body.toString()), count: calls.length + 1 };
  calls.push(call);
  const verdict = await proxy.rule.before?.(call);
  if (verdict === 'throttle') return throttled(response);
  if (verdict === 'reset') return void response.destroy();
  const forwarded = request(target, { method: 'POST', headers: incoming.headers });
  forwarded.end(body);
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
  const text = await buffer(answer);
  if ((await proxy.rule.after?.(call)) === 'reset') return void response.destroy();
  if (response.destroyed) return;
  response.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
}

function throttled(response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(
    JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      message: 'the table is too hot',
    }),
  );
}
