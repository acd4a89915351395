import * as v from 'valibot';
import { Failure } from '#core/failures/failure.ts';
import { parseJsonBody } from '#runtime/json-body.ts';

/** Far above any change an administrator can mean. */
const LARGEST_BODY_BYTES = 65_536;
const LONGEST_ECHO = 60;

/**
 * The body as the schema wants it.
 *
 * @throws Failure naming the field, what it got and what it may be.
 */
export function parseBody<S extends v.GenericSchema>(body: string, schema: S): v.InferOutput<S> {
  const result = v.safeParse(schema, parseJsonBody(body, LARGEST_BODY_BYTES));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const param = v.getDotPath(issue);
  throw new Failure('invalid_value', explain(schema, issue), param === null ? {} : { param });
}

function explain(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? 'the body';
  if (issue.type !== 'strict_object') {
    return `${field}: ${issue.message}, got ${shorten(issue.received)}`;
  }
  if (issue.path === undefined) return `the body must be a JSON object, got ${issue.received}`;
  // Valibot reports an unknown key as one that is never expected.
  if (issue.expected !== 'never') return `${field} is missing`;
  const known = fieldsAt(schema as SchemaParts, issue.path.slice(0, -1));
  return `unknown field '${shorten(field)}'; the fields here are ${known.join(', ')}`;
}

interface SchemaParts {
  readonly entries?: Readonly<Record<string, SchemaParts>>;
  /** Of an optional or nullable schema. */
  readonly wrapped?: SchemaParts;
}

function fieldsAt(
  schema: SchemaParts,
  path: readonly { readonly key: unknown }[],
): readonly string[] {
  const inner = schema.wrapped ?? schema;
  const [step, ...rest] = path;
  if (step === undefined) return Object.keys(inner.entries ?? {});
  return fieldsAt(inner.entries?.[String(step.key)] ?? {}, rest);
}

const shorten = (text: string): string =>
  text.length <= LONGEST_ECHO ? text : `${text.slice(0, LONGEST_ECHO)}…`;
