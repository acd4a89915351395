import { failed, succeeded } from '../failures/outcome.ts';
import { AnswerAssembler } from './answer-assembler.ts';
import type { ChatEvent } from './chat-event.ts';
import type { AnswerOutcome } from './model-provider.ts';
import type { Usage } from './usage.ts';

/** The whole answer that these events make, or the failure they end with and what it has cost. */
export function collectAnswer(events: Iterable<ChatEvent>): AnswerOutcome {
  const assembler = new AnswerAssembler();
  let usage: Usage | undefined;
  for (const event of events) {
    if (event.type === 'failure') {
      return { ...failed(event.failure), ...(usage === undefined ? {} : { usage }) };
    }
    if (event.type === 'usage') usage = event.usage;
    else assembler.push(event);
  }
  return succeeded({ ...assembler.response(), ...(usage === undefined ? {} : { usage }) });
}
