import type { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { SpilledCompletion } from '#core/audit/spilled-completion.ts';
import type { ReturnedCompletion, SpilledCompletions } from '#core/audit/spilled-completions.ts';
import { createSqsClient } from './create-sqs-client.ts';

export interface SqsSpilledCompletionsParts {
  readonly queueUrl: string;
  /** Told of a message that is no completion; it stays on the queue for a person to look at. */
  readonly onMalformed: (messageId: string) => void;
  /** @default one with the environment's region and credentials, 2 tries and 3 s for each */
  readonly createClient?: () => Promise<Pick<SQSClient, 'send'>>;
}

/** SQS gives no more at once. */
const MOST_AT_ONCE = 10;

/** The envelope; what is in it has been written by this platform, and the audit log checks it again. */
const message = v.looseObject({
  version: v.literal(1),
  spilledAtMs: v.number(),
  completion: v.looseObject({ id: v.string(), tenantId: v.string(), outcome: v.string() }),
});

/** Reads back what `SqsAuditSpill` has sent. */
export class SqsSpilledCompletions implements SpilledCompletions {
  readonly #parts: SqsSpilledCompletionsParts;

  constructor(parts: SqsSpilledCompletionsParts) {
    this.#parts = parts;
  }

  async *waiting(): AsyncGenerator<ReturnedCompletion, void> {
    const { queueUrl: QueueUrl, createClient = createSqsClient, onMalformed } = this.#parts;
    const { DeleteMessageCommand, ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
    const client = await createClient();
    for (;;) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: MOST_AT_ONCE });
      const { Messages = [] } = await client.send(receive);
      if (Messages.length === 0) return;
      for (const { Body = '', ReceiptHandle, MessageId = '' } of Messages) {
        const spilled = parse(Body);
        if (spilled === undefined) onMalformed(MessageId);
        else {
          const done = async (): Promise<void> => {
            await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
          };
          yield { spilled, done };
        }
      }
    }
  }
}

function parse(body: string): SpilledCompletion | undefined {
  try {
    return v.parse(message, JSON.parse(body)) as unknown as SpilledCompletion;
  } catch {
    // Reported by its id: the text may hold anybody's words.
    return undefined;
  }
}
