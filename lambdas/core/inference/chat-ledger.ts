import { AnswerAssembler, eventsOf } from '../chat/answer-assembler.ts';
import type { ChatRequest } from '../chat/chat-request.ts';
import type { ChatResponse } from '../chat/chat-response.ts';
import { addUsage, type MeteredUsage, NO_USAGE, type Usage, usageOf } from '../chat/usage.ts';
import type { Failure } from '../failures/failure.ts';
import { type Assessment, NOTHING_FOUND, severest } from '../guardrail/finding.ts';
import type { Amounts } from '../quota/limits.ts';
import { costOf } from '../quota/price.ts';
import type { PlannedTarget } from './chat-plan.ts';

/** What an inference has used and said so far, for its answer, its record and its bill. */
export class ChatLedger {
  /** What was released to the client. */
  readonly released = new AnswerAssembler();
  /** The request as the guardrail let it through; undefined until it has, or when it did not. */
  guardedRequest: ChatRequest | undefined;
  input: Assessment = NOTHING_FOUND;
  output: Assessment = NOTHING_FOUND;
  /** `provider/model` whose answer the client gets. */
  served: string | undefined;
  failure: Failure | undefined;
  #usage: MeteredUsage = { usage: NO_USAGE, source: 'provider' };
  #answered: MeteredUsage = { usage: NO_USAGE, source: 'provider' };
  #nanoUsd = 0;

  get usage(): MeteredUsage {
    return this.#usage;
  }

  /** Of the answer the client gets, without what attempts before it took. */
  get answered(): MeteredUsage {
    return this.#answered;
  }

  get used(): Amounts {
    return { requests: 1, tokens: this.#usage.usage.total_tokens, nanoUsd: this.#nanoUsd };
  }

  /** Of the whole exchange. */
  get assessment(): Assessment {
    return {
      verdict: severest([this.input.verdict, this.output.verdict]),
      findings: [...this.input.findings, ...this.output.findings],
    };
  }

  releaseWhole(response: ChatResponse): void {
    for (const event of eventsOf(response)) this.released.push(event);
  }

  /** Adds what a provider says it billed. */
  bill(planned: PlannedTarget, usage: Usage): void {
    this.#answered = { usage, source: 'provider' };
    this.#add(planned, usage, this.#usage.source);
  }

  /** Adds what a call is taken to have cost when its provider did not say. */
  billEstimate(planned: PlannedTarget, completion: number): void {
    const usage = usageOf({ prompt: planned.promptTokens, completion });
    this.#answered = { usage, source: 'estimated' };
    this.#add(planned, usage, 'estimated');
  }

  #add(planned: PlannedTarget, usage: Usage, source: MeteredUsage['source']): void {
    this.#usage = { usage: addUsage(this.#usage.usage, usage), source };
    this.#nanoUsd += costOf(usage, planned.price);
  }
}
