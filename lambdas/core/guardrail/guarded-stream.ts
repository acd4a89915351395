import type { ChatEvent } from '../chat/chat-event.ts';
import type { Assessment } from './finding.ts';
import { Findings } from './findings.ts';
import type { StreamGuard } from './guard.ts';
import { GuardedChoice } from './guarded-choice.ts';
import type { TextJudge } from './text-judge.ts';

/** A stream under judgement, each choice by itself. */
export class GuardedStream implements StreamGuard {
  readonly #judge: TextJudge;
  readonly #findings = new Findings();
  readonly #choices = new Map<number, GuardedChoice>();

  constructor(judge: TextJudge) {
    this.#judge = judge;
  }

  get assessment(): Assessment {
    return this.#findings.assessment;
  }

  push(event: ChatEvent): readonly ChatEvent[] {
    if (this.#judge.idle) return [event];
    switch (event.type) {
      case 'usage':
        return [event];
      case 'failure':
        return [...this.end(), event];
      case 'content':
      case 'refusal':
      case 'reasoning':
      case 'tool-call':
      case 'finish':
        return this.#choice(event.choice).push(event);
    }
  }

  end(): readonly ChatEvent[] {
    return [...this.#choices.values()].flatMap((choice) => choice.flush());
  }

  #choice(index: number): GuardedChoice {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const choice = new GuardedChoice(index, this.#judge, this.#findings);
    this.#choices.set(index, choice);
    return choice;
  }
}
