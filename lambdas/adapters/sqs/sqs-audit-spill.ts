import type { SQSClient } from '@aws-sdk/client-sqs';
import type { AuditSpill } from '#core/audit/audit-log.ts';
import type { AuditCompletion } from '#core/audit/audit-record.ts';
import { type SpilledCompletion, withoutBodies } from '#core/audit/spilled-completion.ts';
import type { Clock } from '#core/time/clock.ts';
import { createSqsClient } from './create-sqs-client.ts';

export interface SqsAuditSpillParts {
  readonly queueUrl: string;
  /** Takes the completion when the queue does not. */
  readonly fallback: AuditSpill;
  readonly clock: Pick<Clock, 'nowMs'>;
  /**
   * Makes the client when the first completion is spilled, once.
   *
   * @default one with the environment's region and credentials, 2 tries and 3 s for each
   */
  readonly createClient?: () => Promise<Pick<SQSClient, 'send'>>;
}

/**
 * A message may have 1 MiB now and 256 KiB where a queue was made with the old limit; the least of
 * them is kept to.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const MOST_MESSAGE_BYTES = 256 * 1024;

/** Two characters XML has no place for, and SQS therefore neither. */
const NOT_IN_XML = /[\uFFFE\uFFFF]/g;

/**
 * Sends completions to a queue as `SpilledCompletion` in JSON. The SDK is loaded when the first one
 * is spilled: that is rare, and every cold start would pay for it.
 */
export class SqsAuditSpill implements AuditSpill {
  readonly #parts: SqsAuditSpillParts;
  #client: Promise<Pick<SQSClient, 'send'>> | undefined;

  constructor(parts: SqsAuditSpillParts) {
    this.#parts = parts;
  }

  async spill(completion: AuditCompletion, cause: unknown): Promise<void> {
    try {
      await this.#send(completion);
    } catch (thrown) {
      const causes = new AggregateError(
        [cause, thrown],
        'neither the audit log nor the spill queue',
      );
      await this.#parts.fallback.spill(completion, causes);
    }
  }

  async #send(completion: AuditCompletion): Promise<void> {
    const { queueUrl, clock, createClient = createSqsClient } = this.#parts;
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    this.#client ??= createClient();
    const client = await this.#client;
    const body = messageBody(completion, clock.nowMs());
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  }
}

function messageBody(completion: AuditCompletion, spilledAtMs: number): string {
  const message: SpilledCompletion = { version: 1, spilledAtMs, completion };
  const whole = toJson(message);
  if (Buffer.byteLength(whole) <= MOST_MESSAGE_BYTES) return whole;
  return toJson({ ...message, completion: withoutBodies(completion) });
}

const toJson = (message: SpilledCompletion): string =>
  JSON.stringify(message).replace(
    NOT_IN_XML,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
