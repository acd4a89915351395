import { type Failure, toFailure } from '../failures/failure.ts';
import { admitChat } from './admit-chat.ts';
import { answerStream } from './answer-stream.ts';
import { answerWhole } from './answer-whole.ts';
import type { ChatAnswer, ChatInference, ServedChat } from './chat-inference.ts';
import { planChat } from './chat-plan.ts';
import { type AdmittedChat, closeChat } from './close-chat.ts';
import type { InferencePorts } from './inference-ports.ts';
import { recordRefusal } from './record-refusal.ts';

/**
 * One request for a chat completion, from the verified caller to the answer.
 *
 * plan → reserve quota ‖ write the audit intent ‖ judge the input → call targets, with fallback →
 * judge the output → (the client has its last byte) → write the completion → settle
 */
export async function completeChat(
  inference: ChatInference,
  ports: InferencePorts,
): Promise<ServedChat> {
  const plan = planChat(inference, ports);
  if (!plan.ok) return refused(plan.failure, inference, ports);

  const admission = await admitChat(inference, plan.value, ports);
  const standing = admission.standing === undefined ? {} : { standing: admission.standing };
  if (!admission.admitted) {
    const { intentWritten } = admission;
    const refusal = refused(admission.failure, { ...inference, intentWritten }, ports);
    const { chat } = admission;
    if (chat === undefined) return { ...refusal, ...standing };
    return { ...refusal, ...standing, close: () => closeChat(chat, ports) };
  }
  const { chat } = admission;
  const close = (): Promise<void> => closeChat(chat, ports);
  const answer = await answerChat(chat, ports);
  return { answer, ...standing, close };
}

/** Whatever breaks in here is a defect; the books are closed all the same. */
async function answerChat(chat: AdmittedChat, ports: InferencePorts): Promise<ChatAnswer> {
  try {
    return await (chat.inference.request.stream
      ? answerStream(chat, ports)
      : answerWhole(chat, ports));
  } catch (thrown) {
    const failure = toFailure(thrown);
    chat.ledger.failure = failure;
    return { kind: 'refused', failure };
  }
}

function refused(
  failure: Failure,
  inference: ChatInference & { readonly intentWritten?: boolean },
  ports: InferencePorts,
): { readonly answer: ChatAnswer; close(): Promise<void> } {
  return {
    answer: { kind: 'refused', failure },
    close: () => recordRefusal({ ...inference, route: inference.request.model, failure }, ports),
  };
}
