import { unofferedParameters } from '../../lambdas/gateway/parse/unoffered-parameters.ts';
import { refTo } from './component-schemas.ts';
import { failsWith } from './errors.ts';
import * as examples from './examples.ts';
import { headerRefs, rateLimitHeaders } from './headers.ts';
import { jsonAnswer, jsonBody, type Operation, operation } from './operation.ts';

const TAG = 'Inference';
const SCOPES = ['ballast/inference'] as const;

const notOffered = Object.entries(unofferedParameters)
  .map(([name, reason]) => `- \`${name}\`: ${reason}`)
  .join('\n');

const completeChat = operation('post', '/v1/chat/completions', {
  operationId: 'createChatCompletion',
  tag: TAG,
  summary: 'Answer a conversation, whole or as a stream',
  description: `Works with the OpenAI SDKs as they are.

**Quota.** The prompt’s estimate and the most the answer may take are reserved before any model is called, and settled to what the provider billed after it.

**Guardrail.** Input and answer, streams included, are judged by the tenant’s policy: findings are redacted, flagged or blocked.

**Streams.** Server-sent events, one JSON chunk each, closed by \`data: [DONE]\`. Nothing is sent before the first content, so failures until then have their real status. What fails later is one \`data: {"error":{…}}\`, and no \`[DONE]\` follows. Lines that begin with \`:\` keep the connection open.

**Nothing is dropped.** A parameter that is not offered is refused with 400 \`unsupported_parameter\`:

${notOffered}`,
  scopes: SCOPES,
  body: jsonBody('ChatCompletionRequest', {
    chat: examples.chatRequest,
    stream: examples.streamRequest,
    tools: examples.toolRequest,
  }),
  responses: {
    200: {
      description: 'The answer; a stream when the request says `"stream": true`.',
      headers: headerRefs(
        'x-request-id',
        ...rateLimitHeaders,
        'x-ballast-model',
        'x-ballast-guardrail',
      ),
      content: {
        'application/json': { schema: refTo('ChatCompletion'), example: examples.chatAnswer },
        'text/event-stream': {
          // Of each event, as the OpenAI API's own document has it.
          schema: refTo('ChatCompletionChunk'),
          example: examples.chunks[0],
        },
      },
    },
    ...failsWith(400, 401, 403, 404, 413, 429, 502, 503, 504),
  },
});

const listModels = operation('get', '/v1/models', {
  operationId: 'listModels',
  tag: TAG,
  summary: 'The models this tenant may use',
  scopes: ['ballast/inference', 'ballast/audit', 'ballast/admin'],
  responses: {
    200: jsonAnswer('Every route by its name.', 'ModelList', { example: examples.modelList }),
    ...failsWith(401, 403, 429, 503),
  },
});

const showModel = operation('get', '/v1/models/{model}', {
  operationId: 'getModel',
  tag: TAG,
  summary: 'One model',
  scopes: ['ballast/inference', 'ballast/audit', 'ballast/admin'],
  responses: {
    200: jsonAnswer('The model.', 'Model', { example: examples.model }),
    ...failsWith(401, 403, 404, 429, 503),
  },
});

const moderate = operation('post', '/v1/moderations', {
  operationId: 'createModeration',
  tag: TAG,
  summary: 'What the guardrail finds in a text',
  description:
    'Judges each input by every detector and says what the caller’s policy would make of it. No model is called and no quota is used.',
  scopes: SCOPES,
  body: jsonBody('ModerationRequest', { text: examples.moderationRequest }),
  responses: {
    200: jsonAnswer('A result for each input.', 'Moderation', { example: examples.moderation }),
    ...failsWith(400, 401, 403, 413, 429, 503),
  },
});

/** What applications call. */
export const inferenceOperations: readonly Operation[] = [
  completeChat,
  listModels,
  showModel,
  moderate,
];
