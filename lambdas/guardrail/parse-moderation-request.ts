import * as v from 'valibot';
import { Failure } from '#core/failures/failure.ts';
import { parseJsonBody } from '#runtime/json-body.ts';

/** What is to be judged: each entry gets a result of its own. */
export interface ModerationRequest {
  /** As asked for, or ours. */
  readonly model: string;
  /** The texts of one input each; an input made of parts has several. */
  readonly inputs: readonly (readonly string[])[];
}

const OWN_MODEL = 'ballast-guardrail';

const LARGEST_BODY_BYTES = 1_048_576;
const MOST_INPUTS = 1_024;
const LONGEST_ECHO = 60;

const MODEL_RULE = 'expected at most 128 characters';

const textPart = v.strictObject({
  type: v.literal('text', "expected 'text': only texts are judged"),
  text: v.string('expected a string'),
});

const inputSchema = v.union(
  [
    v.string(),
    v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MOST_INPUTS)),
    v.pipe(v.array(textPart), v.minLength(1), v.maxLength(MOST_INPUTS)),
  ],
  `expected a string, or 1 to ${MOST_INPUTS} strings or text parts (images are not judged)`,
);

export const moderationRequestSchema = v.strictObject({
  model: v.optional(v.pipe(v.string(MODEL_RULE), v.maxLength(128, MODEL_RULE)), OWN_MODEL),
  input: inputSchema,
});

/**
 * The body of `POST /v1/moderations`.
 *
 * @see https://platform.openai.com/docs/api-reference/moderations/create
 * @throws Failure `request_too_large`, `invalid_json` or `invalid_value`.
 */
export function parseModerationRequest(body: string): ModerationRequest {
  const result = v.safeParse(moderationRequestSchema, parseJsonBody(body, LARGEST_BODY_BYTES));
  if (!result.success) throw invalidValue(result.issues[0]);
  const { model, input } = result.output;
  return { model, inputs: inputsOf(input) };
}

function inputsOf(input: v.InferOutput<typeof inputSchema>): ModerationRequest['inputs'] {
  if (typeof input === 'string') return [[input]];
  const parts = input.flatMap((part) => (typeof part === 'string' ? [] : [part.text]));
  return parts.length > 0
    ? [parts]
    : input.flatMap((text) => (typeof text === 'string' ? [[text]] : []));
}

function invalidValue(issue: v.BaseIssue<unknown>): Failure {
  const param = v.getDotPath(issue);
  if (param === null) {
    return new Failure('invalid_value', `the body must be a JSON object, got ${typeOf(issue)}`);
  }
  return new Failure('invalid_value', explain(issue, shorten(param)), { param: shorten(param) });
}

function explain(issue: v.BaseIssue<unknown>, field: string): string {
  if (issue.type === 'strict_object') {
    return issue.expected === 'never'
      ? `unknown field '${field}'; the fields here are model, input`
      : `${field} is missing`;
  }
  // Not the value itself: it may be the very text that must not be repeated.
  return `${field}: ${issue.message}, got ${typeOf(issue)}`;
}

const typeOf = ({ input }: v.BaseIssue<unknown>): string => {
  if (input === null) return 'null';
  return Array.isArray(input) ? `an array of ${input.length}` : `a value of type ${typeof input}`;
};

const shorten = (text: string): string =>
  text.length <= LONGEST_ECHO ? text : `${text.slice(0, LONGEST_ECHO)}…`;
