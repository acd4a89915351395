import type { ChatEvent } from '#core/chat/chat-event.ts';
import { compileGuard } from '#core/guardrail/compile-guard.ts';
import type { Detector } from '#core/guardrail/detector.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import type { Action } from '#core/guardrail/finding.ts';
import type { Guard, StreamGuard } from '#core/guardrail/guard.ts';

/** One of everything the platform looks for, and what it becomes. */
export const ENTITIES = {
  email: { text: 'maria.tanaka@kliniek-west.nl', redacted: '[EMAIL]' },
  taggedEmail: { text: "josé.o'neill+news@mail.contoso.co.uk", redacted: '[EMAIL]' },
  card: { text: '4111111111111111', redacted: '[PAYMENT_CARD]' },
  spacedCard: { text: '3534 3842 9686 7366', redacted: '[PAYMENT_CARD]' },
  dashedCard: { text: '3728-772534-11970', redacted: '[PAYMENT_CARD]' },
  longCard: { text: '4000123456789012343', redacted: '[PAYMENT_CARD]' },
  iban: { text: 'DE32624610124699432018', redacted: '[IBAN]' },
  spacedIban: { text: 'ES04 0597 6014 8371 4379 6244', redacted: '[IBAN]' },
  accessKeyId: { text: 'AKIAH4VXJG5UKDOC6ZIW', redacted: '[AWS_KEY]' },
  privateKey: {
    text: '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq1\nqX/Hn5z+8w==\n-----END RSA PRIVATE KEY-----',
    redacted: '[PRIVATE_KEY]',
  },
} as const;

/** What a detector needs to see before the entity, and must let pass. */
export const ANNOUNCED_SECRET = {
  announcement: 'aws_secret_access_key = ',
  text: 'FPbod1U1XBU9XvePUJ2H7XmIEMeieBs1yHqv0q6m',
} as const;

export function guardThat(
  action: Action,
  detectors: ReadonlyMap<string, Detector> = builtInDetectors,
): Guard {
  const rules = [...detectors.keys()].map(
    (detector) => ({ detector, action, direction: 'both' }) as const,
  );
  return compileGuard({ policy: { id: 'test', rules }, policyHash: 'hash', detectors });
}

export const content = (text: string, choice = 0): ChatEvent => ({
  type: 'content',
  choice,
  text,
});

export const finish = (choice = 0): ChatEvent => ({ type: 'finish', choice, reason: 'stop' });

/** What a client has put together per choice and channel. */
export function heard(events: readonly ChatEvent[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const event of events) {
    if (event.type === 'usage' || event.type === 'failure') continue;
    const [channel, text] =
      event.type === 'tool-call'
        ? [`tool ${event.index}`, event.arguments]
        : event.type === 'finish'
          ? ['finish', event.reason]
          : [event.type, event.text];
    const name = `${event.choice} ${channel}`;
    texts[name] = (texts[name] ?? '') + text;
  }
  return texts;
}

export const pushAll = (stream: StreamGuard, events: readonly ChatEvent[]): ChatEvent[] =>
  events.flatMap((event) => stream.push(event));

/** The whole text as the guard redacts it at once. */
export function redactedWhole(guard: Guard, text: string): string | null | undefined {
  const message = { content: text, refusal: null };
  const choices = [{ index: 0, message, finish_reason: 'stop' }] as const;
  return guard.output({ choices }).response.choices[0]?.message.content;
}

/** Every run of 8 characters of `entity`. */
export const runsOf = (entity: string): string[] =>
  Array.from({ length: Math.max(0, entity.length - 7) }, (_, index) =>
    entity.slice(index, index + 8),
  );
