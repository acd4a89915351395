import { describe, expect, it } from 'vitest';
import { SqsAuditSpill } from '#adapters/sqs/sqs-audit-spill.ts';
import { SqsSpilledCompletions } from '#adapters/sqs/sqs-spilled-completions.ts';
import { aCompletion, anId } from '../../../support/audit-samples.ts';
import { MemoryAuditLog } from '../../../support/memory-audit-log.ts';

/** A queue that keeps what is not deleted, and hands everything out once a round. */
class Queue {
  readonly messages = new Map<string, string>();
  #handedOut = false;

  readonly client = async () => ({
    send: async ({ input }: { input: Record<string, unknown> }) => this.#answer(input),
  });

  #answer(input: Record<string, unknown>): object {
    if (typeof input['MessageBody'] === 'string') {
      this.messages.set(`m${this.messages.size}`, input['MessageBody']);
    }
    if (typeof input['ReceiptHandle'] === 'string') this.messages.delete(input['ReceiptHandle']);
    if (!('MaxNumberOfMessages' in input)) return {};
    this.#handedOut = !this.#handedOut;
    if (!this.#handedOut) return { Messages: [] };
    const entries = [...this.messages];
    return {
      Messages: entries.map(([id, Body]) => ({ MessageId: id, ReceiptHandle: id, Body })),
    };
  }
}

const partsOf = (queue: Queue) => ({
  queueUrl: 'https://sqs.example/spill',
  createClient: queue.client as never,
});

describe('SqsSpilledCompletions', () => {
  it('reads back what was spilled, and takes it off when that is done', async () => {
    const queue = new Queue();
    const spill = new SqsAuditSpill({
      ...partsOf(queue),
      clock: { nowMs: () => 5 },
      fallback: new MemoryAuditLog(),
    });
    const completion = aCompletion({ id: anId(1), bodies: { request: '{}', response: '[]' } });
    await spill.spill(completion, new Error('down'));
    const spilled = new SqsSpilledCompletions({ ...partsOf(queue), onMalformed: () => {} });

    const read = [];
    for await (const { spilled: message, done } of spilled.waiting()) {
      read.push(message);
      await done();
    }

    expect(read).toEqual([{ version: 1, spilledAtMs: 5, completion }]);
    expect(queue.messages.size).toBe(0);
  });

  it('leaves alone what is no completion, and tells of it by its id', async () => {
    const queue = new Queue();
    queue.messages.set('odd', 'my secret').set('older', '{"version":0}');
    const told: string[] = [];
    const spilled = new SqsSpilledCompletions({
      ...partsOf(queue),
      onMalformed: (messageId) => told.push(messageId),
    });

    for await (const { done } of spilled.waiting()) await done();

    expect(told).toEqual(['odd', 'older']);
    expect(queue.messages.size).toBe(2);
  });
});
