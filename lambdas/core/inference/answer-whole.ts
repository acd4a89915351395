import { choicesAsked } from '../chat/chat-request.ts';
import type { ChatResponse } from '../chat/chat-response.ts';
import type { AnswerOutcome } from '../chat/model-provider.ts';
import { Failure } from '../failures/failure.ts';
import { failed } from '../failures/outcome.ts';
import { estimateTextTokens } from '../quota/estimate-tokens.ts';
import { guardrailUnavailable } from './admit-chat.ts';
import type { OpenAttempt } from './attempts.ts';
import { callForAnswer, wasCutOff } from './call-target.ts';
import type { ChatAnswer } from './chat-inference.ts';
import type { AdmittedChat } from './close-chat.ts';
import type { InferencePorts } from './inference-ports.ts';

/** Tries targets in order until one answers, or one fails in a way the next cannot mend. */
export async function answerWhole(chat: AdmittedChat, ports: InferencePorts): Promise<ChatAnswer> {
  for (
    let attempt = await chat.attempts.next();
    attempt !== undefined;
    attempt = await chat.attempts.next()
  ) {
    const outcome = await callOnce(attempt, chat, ports);
    if (outcome.ok) return guardAnswer(outcome.value, chat, ports);
  }
  chat.ledger.failure = chat.attempts.failure;
  return { kind: 'refused', failure: chat.attempts.failure };
}

async function callOnce(
  attempt: OpenAttempt,
  chat: AdmittedChat,
  { clock }: InferencePorts,
): Promise<AnswerOutcome> {
  const { inference, plan, ledger } = chat;
  const guarded = ledger.guardedRequest ?? inference.request;
  const outcome = await callForAnswer(attempt, { inference, plan, guarded, clock });
  const { planned } = attempt;
  if (!outcome.ok) {
    if (outcome.usage !== undefined) ledger.bill(planned, outcome.usage);
    // Nothing was seen of what it may have written: its cap is the only bound there is.
    else if (wasCutOff(outcome.failure)) {
      ledger.billEstimate(planned, planned.outputCap * choicesAsked(inference.request));
    }
    attempt.close(outcome.failure);
    return outcome;
  }
  const { usage, choices } = outcome.value;
  if (usage === undefined) {
    ledger.billEstimate(planned, estimateTextTokens(lengthOf(outcome.value)));
  } else ledger.bill(planned, usage);
  if (choices.length === 0) {
    const failure = new Failure('provider_invalid_response', `${planned.name} gave no choices`);
    attempt.close(failure);
    return failed(failure);
  }
  attempt.close();
  ledger.served = planned.name;
  return outcome;
}

function lengthOf({ choices }: ChatResponse): number {
  let length = 0;
  for (const { message } of choices) {
    length += (message.content?.length ?? 0) + (message.refusal?.length ?? 0);
    length += message.reasoning_content?.length ?? 0;
    for (const call of message.tool_calls ?? []) length += call.function.arguments.length;
  }
  return length;
}

function guardAnswer(
  response: ChatResponse,
  { plan, ledger }: AdmittedChat,
  ports: InferencePorts,
): ChatAnswer {
  try {
    const guarded = plan.guard.output(response);
    ledger.output = guarded.assessment;
    ledger.releaseWhole(guarded.response);
    return {
      kind: 'whole',
      response: guarded.response,
      usage: ledger.answered,
      served: ledger.served ?? '',
      guardrail: ledger.assessment,
    };
  } catch (cause) {
    ledger.output = { verdict: 'error', findings: [] };
    ports.observer.degraded('guardrail-failed', cause);
    const failure = guardrailUnavailable(cause);
    ledger.failure = failure;
    return { kind: 'refused', failure };
  }
}
