import { writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { platformConfigSchema } from '../lib/config/platform-config.ts';
import { configKeyNotes } from './config-key-notes.ts';

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | false;
  readonly oneOf?: readonly Schema[];
}

const SCHEMA = new URL('../config/platform-config.schema.json', import.meta.url);
const DOCS = new URL('../docs/configuration.md', import.meta.url);

/** What a configuration may say, for editors. */
export const configJsonSchema = (): Schema =>
  described(
    toJsonSchema(platformConfigSchema, { typeMode: 'input', errorMode: 'ignore' }) as Schema,
    '',
  );

/** The schema with the notes in it, so that editors show them too. */
function described(schema: Schema, path: string): Schema {
  const { properties, items, additionalProperties, oneOf } = schema;
  const note = configKeyNotes[path];
  return {
    ...schema,
    ...(note === undefined || schema.description !== undefined ? {} : { description: note }),
    ...(properties === undefined ? {} : { properties: describedAll(properties, path) }),
    ...(items === undefined ? {} : { items: described(items, `${path}[]`) }),
    ...(additionalProperties
      ? { additionalProperties: described(additionalProperties, `${path}.*`) }
      : {}),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map((branch) => described(branch, path)) }),
  };
}

const describedAll = (
  properties: Readonly<Record<string, Schema>>,
  path: string,
): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      described(property, keyIn(path, name)),
    ]),
  );

const keyIn = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The same for people, one row a key. */
export function configDocs(): string {
  const rows = [...rowsOf(configJsonSchema(), '')];
  return `# Configuration

Generated from \`lib/config/platform-config.ts\` by \`npm run generate\`. A profile is a JSON file; name it with \`npx cdk synth -c config=config/prod.json\` (default: \`config/dev.json\`). Unknown keys are errors. Money in prices is in nano-dollars per token: USD 1 per million tokens is 1000.

| key | type | default | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

function* rowsOf(schema: Schema, path: string): Generator<string> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name === '$schema') continue;
    const key = keyIn(path, name);
    const fallback = schema.required?.includes(name) ? 'required' : defaultOf(property);
    const cells = [`\`${key}\``, typeOf(property), fallback, property.description ?? ''];
    yield `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    yield* nestedRows(property, key);
  }
}

function* nestedRows(schema: Schema, key: string): Generator<string> {
  if (schema.properties !== undefined) yield* rowsOf(schema, key);
  if (schema.items !== undefined) yield* nestedRows(schema.items, `${key}[]`);
  if (schema.additionalProperties) yield* nestedRows(schema.additionalProperties, `${key}.*`);
  for (const branch of schema.oneOf ?? []) yield* nestedRows(branch, key);
}

const defaultOf = (schema: Schema): string =>
  schema.default === undefined ? '–' : `\`${JSON.stringify(schema.default)}\``;

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' ');
  const { minimum, maximum } = schema;
  const range =
    minimum === undefined && maximum === undefined ? '' : ` ${minimum ?? ''}…${maximum ?? ''}`;
  return `${schema.type ?? 'object'}${range}`;
}

export const configSchemaText = (): string =>
  `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(SCHEMA, configSchemaText());
  writeFileSync(DOCS, configDocs());
}
