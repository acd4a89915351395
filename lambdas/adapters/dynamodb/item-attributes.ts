import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';

/** An item as the SDK's plain client takes and gives it. */
export type Item = Record<string, AttributeValue>;

const HASH = /^[0-9a-f]{64}$/;
const LONE_SURROGATE = /\p{Cs}/gu;

/** DynamoDB keeps UTF-8 and has no lone surrogates: they become U+FFFD. */
export const text = (value: string): AttributeValue => ({
  S: value.replace(LONE_SURROGATE, '\uFFFD'),
});

export const integer = (value: number): AttributeValue => ({ N: String(value) });

export const json = (value: unknown): AttributeValue => ({ S: JSON.stringify(value) });

export const bytes = (value: Uint8Array): AttributeValue => ({ B: value });

/** A SHA-256 takes 32 bytes instead of 64; what is not one is kept as the text it is. */
export const hash = (value: string): AttributeValue =>
  HASH.test(value) ? { B: Buffer.from(value, 'hex') } : text(value);

/** Only the members that are there, as attributes. */
export function attributesOf(members: Readonly<Record<string, AttributeValue | undefined>>): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) item[name] = value;
  }
  return item;
}

/** `value` as `encode` makes it an attribute, where there is one. */
export const maybe = <T>(
  value: T | undefined,
  encode: (value: T) => AttributeValue,
): AttributeValue | undefined => (value === undefined ? undefined : encode(value));

export const textSchema = v.pipe(
  v.strictObject({ S: v.string() }),
  v.transform(({ S }) => S),
);

export const integerSchema = v.pipe(
  v.strictObject({ N: v.pipe(v.string(), v.regex(/^-?\d{1,16}$/)) }),
  v.transform(({ N }) => Number(N)),
  v.safeInteger(),
);

export const bytesSchema = v.pipe(
  v.strictObject({ B: v.instance(Uint8Array) }),
  v.transform(({ B }) => B),
);

export const hashSchema = v.union([
  v.pipe(
    bytesSchema,
    v.check((value) => value.length === 32),
    v.transform((value) => Buffer.from(value).toString('hex')),
  ),
  textSchema,
]);

/** An attribute that holds JSON of the given shape. */
export const jsonSchema = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    textSchema,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return JSON.parse(dataset.value) as unknown;
      } catch {
        // The parser's own message would quote the text.
        addIssue({ message: 'expected JSON' });
        return NEVER;
      }
    }),
    schema,
  );

/**
 * Reads a whole item by its schema.
 *
 * @param what names the item in the error.
 * @throws Error naming the item and the attributes at fault, never their values.
 */
export function readItem<Schema extends v.GenericSchema>(
  schema: Schema,
  item: Item,
  what: string,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, item);
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the item');
  throw new Error(`${what} is malformed at ${[...new Set(faults)].join(', ')}`);
}
