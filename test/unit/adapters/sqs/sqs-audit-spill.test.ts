import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { SqsAuditSpill } from '#adapters/sqs/sqs-audit-spill.ts';
import type { AuditCompletion } from '#core/audit/audit-record.ts';
import type { SpillMessage } from '../../../../lambdas/reconciler/contract.ts';
import { aCompletion } from '../../../support/audit-samples.ts';
import { TestClock } from '../../../support/test-clock.ts';

/** A queue that keeps its messages, or refuses them. */
function setUp(refuse?: Error) {
  const messages: SendMessageCommandInput[] = [];
  const fallen: { readonly completion: AuditCompletion; readonly cause: unknown }[] = [];
  let clients = 0;
  const clock = new TestClock();
  const spill = new SqsAuditSpill({
    queueUrl: 'https://queue.test/spill',
    clock,
    fallback: {
      spill: async (completion, cause) => {
        fallen.push({ completion, cause });
      },
    },
    createClient: async () => {
      clients += 1;
      return {
        send: async (command: { readonly input: unknown }) => {
          if (refuse !== undefined) throw refuse;
          messages.push(command.input as SendMessageCommandInput);
          return {};
        },
      };
    },
  });
  return { spill, messages, fallen, clock, clients: () => clients };
}

const sent = (messages: readonly SendMessageCommandInput[]): SpillMessage =>
  JSON.parse(messages[0]?.MessageBody ?? '');

describe('SqsAuditSpill', () => {
  it('sends the whole completion in the form of the queue', async () => {
    const { spill, messages, fallen, clock } = setUp();
    const completion = aCompletion({ bodies: { request: '{"a":"\uFFFF\u0000\uD800"}' } });

    await spill.spill(completion, new Error('table is gone'));

    expect(messages[0]?.QueueUrl).toBe('https://queue.test/spill');
    expect(sent(messages)).toEqual({ version: 1, spilledAtMs: clock.nowMs(), completion });
    expect(fallen).toEqual([]);
  });

  it('sends no character that SQS refuses', async () => {
    const { spill, messages } = setUp();

    await spill.spill(aCompletion({ bodies: { request: '\uFFFE\uFFFF\u0000\uD800' } }), undefined);

    expect(messages[0]?.MessageBody).toMatch(/^[\x20-\x7e]*$/);
  });

  it('leaves bodies out that a message cannot hold, and says so', async () => {
    const { spill, messages } = setUp();
    const bodies = { request: 'é'.repeat(140_000) };

    await spill.spill(aCompletion({ bodies }), undefined);

    expect(sent(messages).completion).toEqual({ ...aCompletion(), truncated: ['bodies'] });
  });

  it('hands over to its fallback when the queue fails, with both causes', async () => {
    const [tableGone, queueGone] = [new Error('table is gone'), new Error('queue is gone')];
    const { spill, fallen } = setUp(queueGone);

    await spill.spill(aCompletion(), tableGone);

    expect(fallen).toMatchObject([
      { completion: aCompletion(), cause: { errors: [tableGone, queueGone] } },
    ]);
  });

  it('speaks the protocol of SQS', async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const { MessageBody } = JSON.parse(text);
      bodies.push(MessageBody);
      const md5 = createHash('md5').update(MessageBody).digest('hex');
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody: md5 }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new SQSClient({ endpoint, region: 'local', credentials });
    const fallen: unknown[] = [];
    const spill = new SqsAuditSpill({
      queueUrl: `${endpoint}/000000000000/spill`,
      clock: new TestClock(),
      fallback: { spill: async (_completion, cause) => void fallen.push(cause) },
      createClient: async () => client,
    });

    await spill.spill(aCompletion({ bodies: { response: '"grüße"' } }), undefined);
    client.destroy();
    server.close();

    expect(fallen).toEqual([]);
    expect(JSON.parse(bodies[0] ?? '').completion).toEqual(
      aCompletion({ bodies: { response: '"grüße"' } }),
    );
  });

  it('makes its client once', async () => {
    const { spill, clients } = setUp();

    await spill.spill(aCompletion(), undefined);
    await spill.spill(aCompletion(), undefined);

    expect(clients()).toBe(1);
  });
});
