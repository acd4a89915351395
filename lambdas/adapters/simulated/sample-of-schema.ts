type JsonSchema = { readonly [keyword: string]: unknown };

/** Schemas may refer to themselves; a sample must end. */
const DEEPEST = 6;

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The simplest value a JSON schema allows, as far as type, enum, const, default and minimum go. */
export function sampleOfSchema(schema: unknown, depth = 0): unknown {
  if (!isSchema(schema) || depth > DEEPEST) return null;
  for (const keyword of ['const', 'default']) if (keyword in schema) return schema[keyword];
  const first = ['enum', 'anyOf', 'oneOf', 'examples'].find((keyword) => firstOf(schema[keyword]));
  if (first !== undefined) {
    const value = firstOf(schema[first])?.value;
    return first === 'anyOf' || first === 'oneOf' ? sampleOfSchema(value, depth + 1) : value;
  }
  const type = firstOf(schema['type'])?.value ?? schema['type'];
  return sampleOfType(type, schema, depth);
}

function sampleOfType(type: unknown, schema: JsonSchema, depth: number): unknown {
  switch (type) {
    case 'string':
      return 'simulated';
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'array':
      return isSchema(schema['items']) ? [sampleOfSchema(schema['items'], depth + 1)] : [];
    case 'null':
      return null;
    default: {
      const properties = isSchema(schema['properties']) ? schema['properties'] : {};
      return Object.fromEntries(
        Object.entries(properties).map(([name, of]) => [name, sampleOfSchema(of, depth + 1)]),
      );
    }
  }
}

const firstOf = (values: unknown): { readonly value: unknown } | undefined =>
  Array.isArray(values) && values.length > 0 ? { value: values[0] } : undefined;
