import * as v from 'valibot';
import type { ChatRequest } from '#core/chat/chat-request.ts';

const MOST_MESSAGES = 2_048;
const MOST_TOOLS = 128;
const MOST_CHOICES = 8;
/** Base64 characters; the body as a whole has its own limit. */
const LONGEST_IMAGE = 4_000_000;

const within = (least: number, most: number) =>
  v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(most));
const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
const name = v.pipe(
  v.string(),
  v.regex(/^[\w-]{1,64}$/, 'expected 1 to 64 letters, digits, _ or -'),
);

const textPart = v.strictObject({ type: v.literal('text'), text: v.string() });

const imagePart = v.strictObject({
  type: v.literal('image_url'),
  image_url: v.strictObject({
    url: v.pipe(
      v.string(),
      v.maxLength(LONGEST_IMAGE),
      v.regex(
        /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/,
        'expected data:image/(png|jpeg|gif|webp);base64,… with the picture itself: addresses are never fetched',
      ),
    ),
    detail: v.exactOptional(v.picklist(['auto', 'low', 'high'])),
  }),
});

const textContent = v.union([v.string(), v.array(textPart)]);
const userContent = v.union([v.string(), v.array(v.variant('type', [textPart, imagePart]))]);

const toolCall = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  type: v.literal('function'),
  function: v.strictObject({ name: v.pipe(v.string(), v.maxLength(256)), arguments: v.string() }),
});

const message = v.variant('role', [
  v.strictObject({
    role: v.picklist(['system', 'developer']),
    content: textContent,
    name: v.exactOptional(name),
  }),
  v.strictObject({ role: v.literal('user'), content: userContent, name: v.exactOptional(name) }),
  v.strictObject({
    role: v.literal('assistant'),
    content: v.exactOptional(v.nullable(textContent)),
    refusal: v.exactOptional(v.nullable(v.string())),
    name: v.exactOptional(name),
    tool_calls: v.exactOptional(v.pipe(v.array(toolCall), v.maxLength(MOST_TOOLS))),
  }),
  v.strictObject({
    role: v.literal('tool'),
    content: textContent,
    tool_call_id: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  }),
]);

const jsonObject = v.record(v.string(), v.unknown());

const tool = v.strictObject({
  type: v.literal('function'),
  function: v.strictObject({
    name,
    description: v.exactOptional(v.string()),
    parameters: v.exactOptional(jsonObject),
    strict: v.exactOptional(v.nullable(v.boolean())),
  }),
});

const responseFormat = v.variant('type', [
  v.strictObject({ type: v.literal('text') }),
  v.strictObject({ type: v.literal('json_object') }),
  v.strictObject({
    type: v.literal('json_schema'),
    json_schema: v.strictObject({
      name,
      description: v.exactOptional(v.string()),
      schema: v.exactOptional(jsonObject),
      strict: v.exactOptional(v.nullable(v.boolean())),
    }),
  }),
]);

/**
 * A chat completion request, strictly: what is not here is refused by name, never dropped.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const chatRequestSchema = v.strictObject({
  model: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  messages: v.pipe(v.array(message), v.minLength(1), v.maxLength(MOST_MESSAGES)),
  stream: v.exactOptional(v.boolean()),
  stream_options: v.exactOptional(v.strictObject({ include_usage: v.exactOptional(v.boolean()) })),
  max_completion_tokens: v.exactOptional(whole(1, 1_000_000)),
  max_tokens: v.exactOptional(whole(1, 1_000_000)),
  temperature: v.exactOptional(within(0, 2)),
  top_p: v.exactOptional(within(0, 1)),
  n: v.exactOptional(whole(1, MOST_CHOICES)),
  stop: v.exactOptional(
    v.union([
      v.pipe(v.string(), v.maxLength(256)),
      v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(4)),
    ]),
  ),
  seed: v.exactOptional(whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
  presence_penalty: v.exactOptional(within(-2, 2)),
  frequency_penalty: v.exactOptional(within(-2, 2)),
  logit_bias: v.exactOptional(v.pipe(v.record(v.string(), within(-100, 100)), v.maxEntries(300))),
  tools: v.exactOptional(v.pipe(v.array(tool), v.maxLength(MOST_TOOLS))),
  tool_choice: v.exactOptional(
    v.union([
      v.picklist(['none', 'auto', 'required']),
      v.strictObject({ type: v.literal('function'), function: v.strictObject({ name }) }),
    ]),
  ),
  parallel_tool_calls: v.exactOptional(v.boolean()),
  response_format: v.exactOptional(responseFormat),
  reasoning_effort: v.exactOptional(
    v.picklist(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']),
  ),
  user: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
  metadata: v.exactOptional(
    v.pipe(v.record(v.string(), v.pipe(v.string(), v.maxLength(512))), v.maxEntries(16)),
  ),
}) satisfies v.GenericSchema<unknown, ChatRequest>;
