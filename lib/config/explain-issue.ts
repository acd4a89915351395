import * as v from 'valibot';
import { platformConfigSchema } from './platform-config.ts';

export const isUnknownKey = (issue: v.BaseIssue<unknown>): boolean =>
  issue.type === 'strict_object' && issue.expected === 'never';

/** One thing wrong with a configuration: where, what was received, and what would do. */
export function explainIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? '(root)';
  if (isUnknownKey(issue)) {
    const key = path.split('.').at(-1) ?? path;
    const known = knownKeys();
    const near = nearest(key, known);
    return near === undefined
      ? `'${path}' is not known; the keys are in config/platform-config.schema.json`
      : `'${path}' is not known; did you mean '${near}'?`;
  }
  if (issue.type === 'strict_object') return `${path} is missing`;
  const wanted =
    issue.type === 'regex' || issue.expected === null
      ? issue.message
      : `expected ${issue.expected}`;
  return `${path}: ${wanted}, got ${JSON.stringify(issue.input) ?? 'nothing'}`;
}

/** Every key that occurs anywhere in the schema. */
function knownKeys(): readonly string[] {
  const keys = new Set<string>();
  collect(platformConfigSchema, keys);
  return [...keys];
}

function collect(schema: unknown, keys: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { entries, wrapped, item, options, pipe, value } = schema as Record<string, unknown>;
  for (const [key, inner] of Object.entries(entries ?? {})) {
    keys.add(key);
    collect(inner, keys);
  }
  for (const inner of [wrapped, item, value, ...list(options), ...list(pipe)]) {
    if (inner !== schema) collect(inner, keys);
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The known key with the fewest edits, if they are few enough to be a slip. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, edits: editsBetween(key.toLowerCase(), name.toLowerCase()) }))
    .sort((left, right) => left.edits - right.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= Math.max(2, key.length / 3) ? best.name : undefined;
}

/** Levenshtein distance. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
