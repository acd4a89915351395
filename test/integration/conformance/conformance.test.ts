import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from './checks.ts';
import { CLIENT_IDS, CLIENTS, type ClientId, isInstalled } from './clients.ts';
import { ROWS } from './rows.ts';
import { type Observation, Stage } from './stage.ts';

/** Which clients are asked: `npm test` has time for the two that need no installation. */
const asked = (process.env['CONFORMANCE_CLIENTS'] ?? 'fetch,openai-6').split(',') as ClientId[];

describe.each(CLIENT_IDS.filter((id) => asked.includes(id)))('%s', (id) => {
  const client = CLIENTS[id];
  let stage: Stage;
  let observations: ReadonlyMap<number, Observation>;

  beforeAll(async () => {
    if (!isInstalled(client)) {
      throw new Error(`${client.name} is not installed; \`npm run conformance\` installs it`);
    }
    stage = await Stage.open();
    observations = await stage.observe(client);
  }, 60_000);

  afterAll(() => stage.close());

  it.each(ROWS.filter(({ clients }) => clients.includes(id)))(
    'row $id: $title',
    async ({ id: row }) => {
      const observation = observations.get(row);
      expect(observation).toBeDefined();
      expect(observation?.threw).toBeUndefined();
      if (observation !== undefined) await checks[row]?.({ client: id, observation, stage });
    },
  );

  it('looked at its rows and no others', () => {
    const expected = ROWS.filter(({ clients }) => clients.includes(id)).map((row) => row.id);

    expect([...observations.keys()]).toEqual(expected);
  });
});

it('has a check for every row that a client can see', () => {
  const visible = ROWS.filter(({ clients }) => clients.length > 0).map(({ id }) => String(id));

  expect(Object.keys(checks)).toEqual(visible);
});
