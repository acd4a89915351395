import type { ChatRequest } from '#core/chat/chat-request.ts';
import { modelTraits } from './model-traits.ts';
import { requestMetadata } from './request-metadata.ts';
import { structuredOutput } from './structured-output.ts';

type Honourable = (request: ChatRequest, model: string) => boolean;

/** What Converse has no word for, or not for every value and model. Neutral values ask for nothing. */
const HONOURABLE: readonly (readonly [keyof ChatRequest, Honourable])[] = [
  ['seed', ({ seed }) => seed === undefined],
  ['presence_penalty', ({ presence_penalty: penalty = 0 }) => penalty === 0],
  ['frequency_penalty', ({ frequency_penalty: penalty = 0 }) => penalty === 0],
  ['logit_bias', ({ logit_bias: bias = {} }) => Object.keys(bias).length === 0],
  ['reasoning_effort', ({ reasoning_effort: effort }) => effort === undefined],
  ['parallel_tool_calls', ({ parallel_tool_calls: parallel = true }) => parallel],
  ['metadata', ({ metadata }) => requestMetadata({ metadata }) !== 'impossible'],
  ['user', ({ user }) => requestMetadata({ user }) !== 'impossible'],
  ['response_format', honoursFormat],
  ['tool_choice', honoursToolChoice],
];

/** The first parameter that Converse, or this model, cannot honour; by its wire name. */
export const unsupportedParameter = (request: ChatRequest, model: string): string | undefined =>
  HONOURABLE.find(([, honours]) => !honours(request, model))?.[0];

function honoursFormat(request: ChatRequest, model: string): boolean {
  if (request.response_format?.type === 'json_object') return false;
  return structuredOutput(request, model) !== 'impossible';
}

function honoursToolChoice(request: ChatRequest, model: string): boolean {
  const { tool_choice: choice } = request;
  const traits = modelTraits(model);
  if (choice === undefined || choice === 'auto') return true;
  if (choice === 'required') return traits.requiredToolChoice;
  if (choice !== 'none') return traits.namedToolChoice;
  // Converse cannot forbid tools; they can only be left out, which it refuses once they were used.
  return !request.messages.some(
    (message) =>
      message.role === 'tool' || (message.role === 'assistant' && message.tool_calls !== undefined),
  );
}
