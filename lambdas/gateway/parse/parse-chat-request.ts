import * as v from 'valibot';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import type { HttpRequest } from '#runtime/http.ts';
import { chatRequestSchema } from './chat-request-schema.ts';
import { findLoneSurrogate } from './lone-surrogates.ts';
import { parseBody } from './parse-body.ts';
import { unofferedParameters, withoutHarmless } from './unoffered-parameters.ts';

/** Fields whose value may be repeated to the caller; everything else may be part of a prompt. */
const TELLABLE = new Set([
  'model',
  'role',
  'type',
  'detail',
  'name',
  'tool_choice',
  'reasoning_effort',
]);
const LONGEST_ECHO = 60;

/** The body of `POST /v1/chat/completions`, or what is wrong with it and where. Never throws. */
export function parseChatRequest(
  body: string,
  headers: HttpRequest['headers'],
): Outcome<ChatRequest> {
  const json = parseBody({ body, headers });
  if (!json.ok) return json;
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failed(
      new Failure('invalid_json', `the body must be a JSON object, got ${describe(value)}`),
    );
  }
  const surrogate = findLoneSurrogate(value, body);
  if (surrogate !== undefined) return failed(loneSurrogate(surrogate));
  const result = v.safeParse(chatRequestSchema, withoutHarmless(value), { abortEarly: true });
  if (!result.success) return failed(failureOf(result.issues[0]));
  return succeeded(result.output);
}

const loneSurrogate = (param: string): Failure =>
  new Failure(
    'invalid_value',
    `${param}: half a UTF-16 surrogate pair is no text, and no model takes it; send whole characters`,
    { param },
  );

function failureOf(issue: v.BaseIssue<unknown>): Failure {
  const deepest = deepestOf(issue);
  const param = pathOf(deepest);
  const at = { param };
  if (deepest.type === 'strict_object' && deepest.expected === 'never') return unknown(deepest, at);
  if (deepest.type === 'strict_object') {
    return new Failure('invalid_value', `${param} is missing`, at);
  }
  const wanted = deepest.kind === 'validation' ? rangeOf(deepest) : `expected ${deepest.expected}`;
  const message = `${param}: ${wanted}, got ${received(deepest, param)}`;
  return new Failure(
    param.endsWith('image_url.url') ? 'unsupported_media_source' : 'invalid_value',
    message,
    at,
  );
}

function unknown(issue: v.BaseIssue<unknown>, at: { readonly param: string }): Failure {
  const topLevel = issue.path?.length === 1;
  const reason =
    topLevel && Object.hasOwn(unofferedParameters, at.param)
      ? unofferedParameters[at.param]
      : 'this API does not know it';
  return new Failure(
    topLevel ? 'unsupported_parameter' : 'invalid_value',
    `'${at.param}' is not supported: ${reason}; leave it out`,
    at,
  );
}

/** Of the branches of a union, the issue of the one that came furthest says what was meant. */
function deepestOf(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  let deepest = issue;
  for (const inner of issue.issues ?? []) {
    const found = deepestOf(inner);
    const nested = (found.path?.length ?? 0) > 0;
    if (!nested) continue;
    const path = [...(issue.path ?? []), ...(found.path ?? [])] as v.BaseIssue<unknown>['path'];
    if ((path?.length ?? 0) > (deepest.path?.length ?? 0)) deepest = { ...found, path };
  }
  return deepest;
}

/** `messages[2].content[0].text`, shortened; a key may be as long as a caller likes. */
function pathOf(issue: Pick<v.BaseIssue<unknown>, 'path'>): string {
  let path = '';
  for (const { key } of issue.path ?? []) {
    path += typeof key === 'number' ? `[${key}]` : `${path === '' ? '' : '.'}${clip(String(key))}`;
  }
  return path;
}

function rangeOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'regex' || issue.type === 'check') return issue.message;
  const words: Readonly<Record<string, string>> = {
    min_value: 'a number',
    max_value: 'a number',
    min_length: 'a length',
    max_length: 'a length',
    max_entries: 'a number of entries',
    safe_integer: 'a whole number',
    finite: 'a finite number',
  };
  const range = issue.expected === null ? '' : ` ${issue.expected}`;
  return `expected ${words[issue.type] ?? 'a value'}${range}`;
}

function received(issue: v.BaseIssue<unknown>, param: string): string {
  const { input } = issue;
  if (typeof input === 'number' || typeof input === 'boolean') return String(input);
  const field = /(\w+)(?:\[\d+\])?$/.exec(param)?.[1] ?? '';
  if (typeof input === 'string' && TELLABLE.has(field)) return `'${clip(input)}'`;
  return describe(input);
}

function describe(input: unknown): string {
  if (input === null || input === undefined) return String(input);
  if (Array.isArray(input)) return `an array of ${input.length}`;
  if (typeof input === 'string') return `a string of ${input.length} characters`;
  return typeof input === 'object' ? 'an object' : `a ${typeof input}`;
}

const clip = (text: string): string => {
  const shown = text.length <= LONGEST_ECHO ? text : `${text.slice(0, LONGEST_ECHO)}…`;
  return shown.replace(/\p{Cc}/gu, '?');
};
