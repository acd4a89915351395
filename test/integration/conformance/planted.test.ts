import { afterAll, beforeAll, expect, it } from 'vitest';
import { checks } from './checks.ts';
import { CLIENTS } from './clients.ts';
import { type Spoiler, Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
}, 60_000);

afterAll(() => stage.close());

/** Numbers of the rows that go red when what the platform says is spoiled on its way. */
async function redRows(spoiler: Spoiler, rows: readonly number[]): Promise<readonly number[]> {
  const red: number[] = [];
  for (const [row, observation] of await stage.observe(CLIENTS.fetch, spoiler, rows)) {
    try {
      if (observation.threw !== undefined) throw new Error(observation.threw);
      await checks[row]?.({ client: 'fetch', observation, stage });
    } catch {
      red.push(row);
    }
  }
  return red;
}

it('what is not spoiled is green', async () => {
  expect(await redRows({}, [1, 5, 8, 9, 10, 11, 13])).toEqual([]);
}, 60_000);

it.each<[string, Spoiler, readonly number[]]>([
  ['a dropped x-request-id', { headers: ({ 'x-request-id': _dropped, ...rest }) => rest }, [1, 5]],
  ['frames that are not parted', { body: (text) => text.replaceAll('}\n\n', '}\n') }, [8]],
  ['a lost first frame', { body: (text) => text.replace(/^data: .*"role".*\n\n/, '') }, [13]],
  [
    'errors of another shape',
    { body: (text) => (text.startsWith('{"error"') ? '{"detail":"no"}' : text) },
    [1],
  ],
  ['a swallowed [DONE]', { body: (text) => text.replace('data: [DONE]\n\n', '') }, [9, 10]],
  [
    'an error turned into an ending',
    { body: (text) => text.replace(/data: \{"error".*\n\n/, 'data: [DONE]\n\n') },
    [10, 11],
  ],
])(
  '%s turns the rows red that promise otherwise',
  async (_name, spoiler, rows) => {
    expect(await redRows({}, rows)).toEqual([]);
    expect(await redRows(spoiler, rows)).toEqual(rows);
  },
  60_000,
);
