import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type FakeProvider, startFakeProvider } from './fake-provider.ts';

/** One queue of Amazon SQS on loopback, as far as spilling and reading back need it. */
export interface FakeSqs {
  readonly url: string;
  /** Bodies that wait, those in flight among them. */
  readonly waiting: readonly string[];
  /** As if somebody else had sent it. */
  put(body: string): void;
  /** Every message in flight is visible again. */
  expireVisibility(): void;
  close(): Promise<void>;
}

interface Message {
  readonly id: string;
  readonly body: string;
  inFlight: boolean;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html */
export async function startFakeSqs(): Promise<FakeSqs> {
  const queue = new Queue();
  const server: FakeProvider = await startFakeProvider({
    otherwise: ({ headers, body }, response) => {
      const operation = String(headers['x-amz-target']).split('.').at(-1) ?? '';
      answer(response, queue.answer(operation, JSON.parse(body)));
    },
  });
  return {
    url: server.url,
    get waiting() {
      return queue.messages.map(({ body }) => body);
    },
    put: (body) => queue.put(body),
    expireVisibility: () => queue.expireVisibility(),
    close: () => server.close(),
  };
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}

class Queue {
  messages: Message[] = [];
  #sent = 0;

  answer(operation: string, input: Readonly<Record<string, unknown>>): object {
    if (operation === 'SendMessage') return this.put(String(input['MessageBody']));
    if (operation === 'ReceiveMessage') return { Messages: this.#receive() };
    if (operation === 'DeleteMessage') return this.#remove(String(input['ReceiptHandle']));
    throw new Error(`the fake queue knows no ${operation}`);
  }

  put(body: string): object {
    this.#sent += 1;
    const id = `m${this.#sent}`;
    this.messages.push({ id, body, inFlight: false });
    return { MessageId: id, MD5OfMessageBody: md5(body) };
  }

  expireVisibility(): void {
    for (const message of this.messages) message.inFlight = false;
  }

  #receive(): object[] {
    return this.messages
      .filter(({ inFlight }) => !inFlight)
      .slice(0, 10)
      .map((message) => {
        message.inFlight = true;
        const { id, body } = message;
        return { MessageId: id, ReceiptHandle: id, Body: body, MD5OfBody: md5(body) };
      });
  }

  #remove(id: string): object {
    this.messages = this.messages.filter((message) => message.id !== id);
    return {};
  }
}

/** What the SDK checks a message's body against. */
const md5 = (body: string): string => createHash('md5').update(body).digest('hex');
