import type { ChatRequest } from '#core/chat/chat-request.ts';
import { modelTraits } from './model-traits.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** How an answer after a JSON schema is got from a model. */
export interface StructuredOutput {
  /** By `outputConfig`, or as the input of a tool the model must call. */
  readonly by: 'schema' | 'tool';
  readonly name: string;
  readonly description: string | undefined;
  readonly schema: JsonSchema;
}

/**
 * How this request's `json_schema` can be honoured; undefined when it has none, `impossible` when
 * the model has no way.
 */
export function structuredOutput(
  request: ChatRequest,
  model: string,
): StructuredOutput | 'impossible' | undefined {
  const format = request.response_format;
  if (format?.type !== 'json_schema') return undefined;
  const { name, description, schema = { type: 'object' } } = format.json_schema;
  const traits = modelTraits(model);
  if (traits.nativeJsonSchema && isClosed(schema)) {
    return { by: 'schema', name, description, schema };
  }
  // A tool's input is an object, and the model must be free to choose among the caller's own tools.
  const possible =
    traits.namedToolChoice && schema['type'] === 'object' && (request.tools ?? []).length === 0;
  return possible ? { by: 'tool', name, description, schema } : 'impossible';
}

/**
 * Do all objects in the schema refuse further properties? Bedrock's native way demands it, and
 * adding it would change what the caller asked for.
 */
function isClosed(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isClosed);
  if (typeof schema !== 'object' || schema === null) return true;
  if ('type' in schema && schema.type === 'object') {
    if (!('additionalProperties' in schema) || schema.additionalProperties !== false) return false;
  }
  return Object.values(schema).every(isClosed);
}
