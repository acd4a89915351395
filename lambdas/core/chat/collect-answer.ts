import { failed, type Outcome, succeeded } from '../failures/outcome.ts';
import { AnswerAssembler } from './answer-assembler.ts';
import type { ChatEvent } from './chat-event.ts';
import type { ChatResponse } from './chat-response.ts';
import type { Usage } from './usage.ts';

/** The whole answer that these events make, or the failure they end with. */
export function collectAnswer(events: Iterable<ChatEvent>): Outcome<ChatResponse> {
  const assembler = new AnswerAssembler();
  let usage: Usage | undefined;
  for (const event of events) {
    if (event.type === 'failure') return failed(event.failure);
    if (event.type === 'usage') usage = event.usage;
    else assembler.push(event);
  }
  return succeeded({ ...assembler.response(), ...(usage === undefined ? {} : { usage }) });
}
