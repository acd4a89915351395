import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { guardrailPolicySchema, priceFileSchema } from '../../lambdas/platform/contract.ts';
import { checkReferences } from './check-references.ts';
import { explainIssue, isUnknownKey } from './explain-issue.ts';
import { type PlatformConfig, platformConfigSchema } from './platform-config.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Reads a profile, every default filled in.
 *
 * @throws Error that lists everything wrong with the file at once: where, the value received, and
 *   the way out.
 */
export function readConfig(file: string): PlatformConfig {
  return parseConfig(readJson(file), file);
}

export function parseConfig(value: unknown, source: string): PlatformConfig {
  const result = v.safeParse(platformConfigSchema, value);
  if (!result.success) throw refused(source, problemsOf(value));
  const { $schema: _schema, guardrailPolicies, prices, ...rest } = result.output;
  const config: PlatformConfig = {
    ...rest,
    guardrailPolicies:
      guardrailPolicies ?? defaultOf('guardrail-policies.json', v.array(guardrailPolicySchema)),
    prices: prices ?? defaultOf('prices.json', priceFileSchema),
  };
  const dangling = checkReferences(config);
  if (dangling.length > 0) throw refused(source, dangling);
  return config;
}

/** A strict object stops at its first unknown key: each is taken away until none is left. */
function problemsOf(value: unknown): readonly string[] {
  const rest = structuredClone(value);
  const unknown: string[] = [];
  for (;;) {
    const { issues = [] } = v.safeParse(platformConfigSchema, rest);
    const strays = issues.filter((issue) => isUnknownKey(issue));
    if (strays.length === 0) return [...unknown, ...issues.map(explainIssue)];
    for (const stray of strays) {
      unknown.push(explainIssue(stray));
      const last = stray.path?.at(-1);
      Reflect.deleteProperty(Object(last?.input), String(last?.key));
    }
  }
}

const refused = (source: string, problems: readonly string[]): Error =>
  new Error(
    `${source} is not a valid configuration:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
  );

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(resolve(ROOT, file), 'utf8');
  } catch (cause) {
    throw new Error(
      `the configuration ${file} cannot be read; name one with -c config=config/dev.json`,
      {
        cause,
      },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

const defaultOf = <S extends v.GenericSchema>(file: string, schema: S): v.InferOutput<S> =>
  v.parse(schema, readJson(`config/${file}`));
