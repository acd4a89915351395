// What every driver shares. A driver does with its client what a row asks for and says what the client
// saw, one line of JSON each; whether that is right is for the suite to judge.

/**
 * What the suite passed: where the platform is, keys by what is special about their tenants, and the
 * rows to look at, all of them unless it says which.
 */
export const { url, keys, only } = JSON.parse(process.argv[2]);

const say = (observation) => process.stdout.write(`${JSON.stringify(observation)}\n`);

/** Runs the rows one after the other; one that throws is an observation too. */
export async function observe(rows) {
  for (const [row, look] of Object.entries(rows)) {
    if (only !== undefined && !only.includes(Number(row))) continue;
    try {
      say({ row: Number(row), seen: await look({ 'x-conformance-row': row }) });
    } catch (thrown) {
      say({ row: Number(row), threw: String(thrown?.stack ?? thrown) });
    }
  }
}

/** What was thrown; that something was is part of the expectation. */
export async function thrownBy(work) {
  try {
    await work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('expected the client to throw');
}

export const user = (content) => [{ role: 'user', content }];

export const weather = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
      additionalProperties: false,
    },
  },
};

export const citySchema = {
  type: 'object',
  properties: { city: { type: 'string' }, size: { type: 'integer' } },
  required: ['city', 'size'],
  additionalProperties: false,
};
