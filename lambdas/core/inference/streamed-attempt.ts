import { AnswerAssembler } from '../chat/answer-assembler.ts';
import { type ChatEvent, isContent } from '../chat/chat-event.ts';
import { choicesAsked } from '../chat/chat-request.ts';
import { Failure } from '../failures/failure.ts';
import type { StreamGuard } from '../guardrail/guard.ts';
import { estimateTextTokens } from '../quota/estimate-tokens.ts';
import { guardrailUnavailable } from './admit-chat.ts';
import type { OpenAttempt } from './attempts.ts';
import { callForStream, wasCutOff } from './call-target.ts';
import { requestFor } from './chat-plan.ts';
import type { AdmittedChat } from './close-chat.ts';
import type { InferencePorts } from './inference-ports.ts';

/** One attempt at streaming: guards what passes, meters it, and knows how it ended. */
export class StreamedAttempt {
  begun = false;
  failure: Failure | undefined;
  readonly #attempt: OpenAttempt;
  readonly #chat: AdmittedChat;
  readonly #ports: InferencePorts;
  readonly #guard: StreamGuard;
  /** What the provider wrote, before the guardrail. */
  readonly #seen = new AnswerAssembler();
  readonly #unfinished: Set<number>;
  #billed = false;
  #ended = false;

  constructor(attempt: OpenAttempt, chat: AdmittedChat, ports: InferencePorts) {
    this.#attempt = attempt;
    this.#chat = chat;
    this.#ports = ports;
    this.#guard = chat.plan.guard.stream();
    const choices = choicesAsked(requestFor(attempt.planned, chat.inference.request));
    this.#unfinished = new Set(Array.from({ length: choices }, (_, choice) => choice));
  }

  async *events(): AsyncGenerator<ChatEvent, void> {
    const { inference, plan, ledger } = this.#chat;
    const guarded = ledger.guardedRequest ?? inference.request;
    const { clock } = this.#ports;
    for await (const event of callForStream(this.#attempt, { inference, plan, guarded, clock })) {
      yield* this.#pass(event);
      if (this.#saidAll(event)) break;
    }
    this.failure ??= this.#truncation();
    if (this.failure?.code !== 'guardrail_unavailable') {
      yield* this.#guarded(() => this.#guard.end());
    }
    this.#ended = true;
  }

  *#pass(event: ChatEvent): Generator<ChatEvent, void> {
    if (event.type === 'failure') {
      // Every choice has had its finish: what breaks after that takes nothing from the answer.
      if (this.#unfinished.size > 0) this.failure = event.failure;
      return;
    }
    if (event.type === 'usage') {
      this.#billed = true;
      this.#chat.ledger.bill(this.#attempt.planned, event.usage);
      return;
    }
    if (isContent(event)) this.begun = true;
    this.#seen.push(event);
    yield* this.#guarded(() => this.#guard.push(event));
  }

  /** After its last finish a provider may still name its usage; after a block it need not go on. */
  #saidAll(last: ChatEvent): boolean {
    if (this.failure !== undefined) return true;
    return this.#unfinished.size === 0 && isContent(last);
  }

  /** Also when the reader left early: nobody finished reading, so the client has gone. */
  close(): void {
    const { inference, ledger } = this.#chat;
    if (!this.#ended && this.failure === undefined) {
      this.failure = new Failure('client_disconnected', 'the client stopped reading the answer');
    }
    if (!this.#billed && this.#mayHaveBeenBilled()) {
      ledger.billEstimate(this.#attempt.planned, estimateTextTokens(this.#seen.length));
    }
    if (this.begun || this.failure === undefined) ledger.served = this.#attempt.planned.name;
    ledger.failure = this.failure;
    this.#attempt.close(this.failure);
    if (inference.disconnected.cancelled) this.#attempt.cancellation.cancel();
  }

  *#guarded(judge: () => readonly ChatEvent[]): Generator<ChatEvent, void> {
    const { ledger } = this.#chat;
    let released: readonly ChatEvent[];
    try {
      released = judge();
    } catch (cause) {
      ledger.output = { verdict: 'error', findings: this.#guard.assessment.findings };
      this.#ports.observer.degraded('guardrail-failed', cause);
      this.failure = guardrailUnavailable(cause);
      return;
    }
    ledger.output = this.#guard.assessment;
    for (const event of released) {
      // A choice that broke off has no finish of its own: nothing may make one up.
      if (event.type === 'finish') this.#unfinished.delete(event.choice);
      if (isContent(event) || event.type === 'finish') {
        ledger.served ??= this.#attempt.planned.name;
        ledger.released.push(event);
      }
      yield event;
    }
  }

  #truncation(): Failure | undefined {
    if (this.#unfinished.size === 0) return undefined;
    return new Failure(
      'stream_truncated',
      `${this.#attempt.planned.name} ended the stream without finishing its answer`,
    );
  }

  #mayHaveBeenBilled(): boolean {
    return this.begun || this.failure === undefined || wasCutOff(this.failure);
  }
}
