import type { Tool, ToolChoice, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import type { ChatRequest, ToolDefinition } from '#core/chat/chat-request.ts';
import type { StructuredOutput } from './structured-output.ts';

type ToolSpec = Extract<Tool, { toolSpec: object }>['toolSpec'];
type InputSchema = Extract<NonNullable<ToolSpec['inputSchema']>, { json: unknown }>['json'];

/** Tools and the choice among them; undefined for none. */
export function toTools(
  request: ChatRequest,
  structured: StructuredOutput | undefined,
): ToolConfiguration | undefined {
  if (structured?.by === 'tool') return forcedTool(structured);
  const { tools = [], tool_choice: choice = 'auto' } = request;
  if (tools.length === 0 || choice === 'none') return undefined;
  return {
    tools: tools.map(({ function: tool }) => toolSpec(tool)),
    ...(choice === 'auto' ? {} : { toolChoice: toChoice(choice) }),
  };
}

const forcedTool = ({ name, description, schema }: StructuredOutput): ToolConfiguration => ({
  tools: [toolSpec({ name, description: description ?? 'Gives the answer.', parameters: schema })],
  toolChoice: { tool: { name } },
});

function toolSpec(tool: ToolDefinition['function']): Tool {
  const { name, description, parameters = { type: 'object', properties: {} }, strict } = tool;
  return {
    toolSpec: {
      name,
      ...(description === undefined || description === '' ? {} : { description }),
      // JSON came in and JSON goes out: the SDK's document type only says so more narrowly.
      inputSchema: { json: parameters as InputSchema },
      ...(strict === true ? { strict } : {}),
    },
  };
}

const toChoice = (choice: Exclude<ChatRequest['tool_choice'], undefined>): ToolChoice =>
  typeof choice === 'object' ? { tool: { name: choice.function.name } } : { any: {} };
