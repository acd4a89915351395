import type { InferenceConfiguration } from '@aws-sdk/client-bedrock-runtime';
import { type ChatRequest, maxTokensAsked } from '#core/chat/chat-request.ts';
import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import type { ConverseInput } from './bedrock-client.ts';
import { requestMetadata } from './request-metadata.ts';
import { type StructuredOutput, structuredOutput } from './structured-output.ts';
import { toMessages } from './to-messages.ts';
import { toTools } from './to-tools.ts';
import { unsupportedParameter } from './unsupported-parameter.ts';

export interface ConverseRequest {
  readonly input: ConverseInput;
  readonly structured: StructuredOutput | undefined;
}

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function toConverseInput(request: ChatRequest, model: string): Outcome<ConverseRequest> {
  const structured = structuredOutput(request, model);
  const metadata = requestMetadata(request);
  const param = unsupportedParameter(request, model);
  if (param !== undefined || structured === 'impossible' || metadata === 'impossible') {
    return failed(cannotHonour(param ?? 'metadata', model));
  }
  const messages = toMessages(request.messages);
  if (!messages.ok) return messages;
  const { system, messages: turns } = messages.value;
  const toolConfig = toTools(request, structured);
  const input: ConverseInput = {
    modelId: model,
    messages: turns,
    inferenceConfig: inferenceConfig(request),
    ...(system.length === 0 ? {} : { system }),
    ...(toolConfig === undefined ? {} : { toolConfig }),
    ...(metadata === undefined ? {} : { requestMetadata: metadata }),
    ...(structured?.by === 'schema' ? { outputConfig: outputConfig(structured) } : {}),
  };
  return succeeded({ input, structured });
}

const cannotHonour = (param: string, model: string): Failure =>
  new Failure(
    'unsupported_parameter',
    `'${param}' cannot be honoured by Bedrock model '${model}'; leave it out or choose another model`,
    { param },
  );

function inferenceConfig(request: ChatRequest): InferenceConfiguration {
  const maxTokens = maxTokensAsked(request);
  const { temperature, top_p: topP, stop = [] } = request;
  const stopSequences = typeof stop === 'string' ? [stop] : [...stop];
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stopSequences.length === 0 ? {} : { stopSequences }),
  };
}

function outputConfig({ name, description, schema }: StructuredOutput) {
  const jsonSchema = {
    schema: JSON.stringify(schema),
    name,
    ...(description === undefined ? {} : { description }),
  };
  return { textFormat: { type: 'json_schema' as const, structure: { jsonSchema } } };
}
