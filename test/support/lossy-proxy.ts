import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

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
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    seen += 1;
    if (seen % EVERY_REQUEST === 0) {
      lost.requests += 1;
      outgoing.destroy();
      return;
    }
    const turn = seen;
    const answer = await forward(endpoint, incoming, body);
    const text = await bodyOf(answer);
    const { ReturnValues } = JSON.parse(body.toString());
    if (answer.statusCode === 200 && ReturnValues !== undefined) {
      onUpdate({ returned: ReturnValues, item: JSON.parse(text.toString()).Attributes ?? {} });
    }
    if (turn % EVERY_ANSWER === 0) {
      lost.answers += 1;
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
  };
  const server = createServer((incoming, outgoing) => {
    // A caller that has died leaves a half of its request, or nobody to answer.
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    lost,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward(
  endpoint: string,
  { method, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  const forwarded = request(endpoint, { method, headers });
  forwarded.end(body);
  const [answer] = await once(forwarded, 'response');
  return answer;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
