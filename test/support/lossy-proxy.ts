import { buffer } from 'node:stream/consumers';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { startFaultProxy } from './fault-proxy.ts';

/** An update as DynamoDB applied it. */
export interface AppliedUpdate {
  /** Which item was asked to be returned. */
  readonly returned: string;
  readonly item: Readonly<Record<string, AttributeValue>>;
}

/** Stands before a DynamoDB, sees every update it applies, and loses some requests and answers. */
export interface LossyProxy {
  readonly endpoint: string;
  readonly lost: { requests: number; answers: number };
  close(): Promise<void>;
}

/** Primes, so that no kind of call is always or never the one. */
const EVERY_REQUEST = 31;
const EVERY_ANSWER = 23;

export async function startLossyProxy(
  endpoint: string,
  onUpdate: (update: AppliedUpdate) => void,
): Promise<LossyProxy> {
  const lost = { requests: 0, answers: 0 };
  let seen = 0;
  const proxy = await startFaultProxy(endpoint);
  proxy.arm(async (exchange) => {
    seen += 1;
    const turn = seen;
    if (turn % EVERY_REQUEST === 0) {
      lost.requests += 1;
      return exchange.drop();
    }
    const answer = await exchange.forward();
    const body = await buffer(answer);
    const { ReturnValues } = JSON.parse(exchange.request.body.toString());
    if (answer.statusCode === 200 && ReturnValues !== undefined) {
      onUpdate({ returned: ReturnValues, item: JSON.parse(body.toString()).Attributes ?? {} });
    }
    if (turn % EVERY_ANSWER === 0) {
      lost.answers += 1;
      return exchange.drop();
    }
    exchange.reply(answer.statusCode ?? 500, answer.headers, body);
  });
  return { endpoint: proxy.url, lost, close: () => proxy.close() };
}
