import type { ChatEvent } from '#core/chat/chat-event.ts';
import { type ChatRequest, type ToolDefinition, textOf } from '#core/chat/chat-request.ts';
import { withinLimits } from './pieces.ts';
import { sampleOfSchema } from './sample-of-schema.ts';
import type { Scene } from './simulated-model.ts';
import { speak } from './talking-models.ts';

/** UTF-16 units of arguments in one event. */
const FRAGMENT = 9;

/**
 * Calls the tool the caller chose, else the first one, with arguments its schema allows; once it has
 * the tool's answer it repeats that.
 */
export function toolCall(scene: Scene): Iterable<ChatEvent> {
  const { request } = scene;
  const last = request.messages.at(-1);
  if (last?.role === 'tool') return speak(`The tool answered: ${textOf(last.content)}`, scene);
  const tool = chosenTool(request);
  return tool === undefined ? speak('There is no tool to call.', scene) : call(tool, scene);
}

function* call({ function: tool }: ToolDefinition, scene: Scene): Generator<ChatEvent, void> {
  const { choice, request } = scene;
  const sample = JSON.stringify(sampleOfSchema(tool.parameters ?? { type: 'object' }) ?? {});
  // A stop sequence ends prose, not a call.
  const { stop: _unused, ...capped } = request;
  const { tokens, reason } = withinLimits(sample, capped);
  const text = tokens.join('');
  // Unique within a conversation, and the same for the same request.
  const id = `call_simulated_${request.messages.length}_${choice}`;
  yield { type: 'tool-call', choice, index: 0, id, name: tool.name, arguments: '' };
  for (let start = 0; start < text.length; start += FRAGMENT) {
    const fragment = text.slice(start, start + FRAGMENT);
    yield { type: 'tool-call', choice, index: 0, arguments: fragment };
  }
  yield { type: 'finish', choice, reason: reason === 'length' ? 'length' : 'tool_calls' };
}

function chosenTool({ tools = [], tool_choice: choice }: ChatRequest): ToolDefinition | undefined {
  if (choice === 'none') return undefined;
  if (typeof choice !== 'object') return tools[0];
  return tools.find((tool) => tool.function.name === choice.function.name);
}
