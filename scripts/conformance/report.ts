import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CLIENT_IDS, CLIENTS, type ClientId } from '../../test/integration/conformance/clients.ts';
import { ROWS, type Row } from '../../test/integration/conformance/rows.ts';

export interface Results {
  /** By `client row`: did it hold? */
  readonly cells: ReadonlyMap<string, boolean>;
  readonly failed: number;
}

/** `docs/conformance.md`: the same results give the same bytes. */
export function conformanceReport({ cells }: Results): string {
  const applicable = ROWS.flatMap(({ id, clients }) => clients.map((client) => `${client} ${id}`));
  const green = applicable.filter((cell) => cells.get(cell) === true);
  return `<!-- Written by \`npm run conformance\`; do not edit. -->

# Conformance

What clients of the OpenAI API rely on, each behaviour tried with real clients against the real local platform: ${green.length} of ${applicable.length} applicable cells hold.

✓ holds · ✗ does not · – does not apply to this client, for the reason given.

| | | ${CLIENT_IDS.map((id) => CLIENTS[id].name).join(' | ')} |
|---|---|${CLIENT_IDS.map(() => '---').join('|')}|
${ROWS.map((row) => matrixLine(row, cells)).join('\n')}

## The rows

${ROWS.map(ruleLine).join('\n')}

## Clients

${CLIENT_IDS.map((id) => `- ${CLIENTS[id].name}: ${versionOf(id)}`).join('\n')}

## Run it

\`npm run conformance\` installs the clients in folders of their own (npm and PyPI), starts the platform in memory, lets each client loose on it through a door that counts its calls, and writes this page. \`npm test\` runs the rows of \`fetch\` and \`openai\` 6. [\`planted.test.ts\`](../test/integration/conformance/planted.test.ts) breaks what the platform says (a dropped header, merged and lost frames, errors of another shape) and shows that rows go red.

## Not covered

- API Gateway itself: the local edge stands in for it; its own errors and limits are asserted in the template (\`test/synth\`).
- \`Idempotency-Key\`, \`/v1/embeddings\`, \`/v1/responses\`, \`/v1/messages\`: not offered yet.
- Real models: answers come from simulated ones, which misbehave on request.
`;
}

function matrixLine({ id, title, clients }: Row, cells: Results['cells']): string {
  const marks = CLIENT_IDS.map((client) => {
    if (!clients.includes(client)) return '–';
    return cells.get(`${client} ${id}`) === true ? '✓' : '✗';
  });
  return `| ${id} | ${title} | ${marks.join(' | ')} |`;
}

function ruleLine({ id, title, rule, note }: Row): string {
  const exception = note === undefined ? '' : ` –: ${note}.`;
  return `${id}. **${title}**. ${rule}${exception}`;
}

const folder = new URL('../../test/integration/conformance/clients/', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, folder)), 'utf8');

function versionOf(id: ClientId): string {
  const { dependencies } = JSON.parse(read('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const exact = (name: string): string => (dependencies[name] ?? '').replace(/^npm:.*@/, '');
  switch (id) {
    case 'fetch':
      return 'that of Node';
    case 'openai-6':
      return installed('openai');
    case 'openai-7':
      return exact('openai-7');
    case 'openai-python':
      return read('requirements.txt').trim().replace('openai==', '');
    case 'ai-sdk':
      return `${exact('ai')}, ${exact('@ai-sdk/openai-compatible')}`;
    case 'langchain':
      return exact('@langchain/openai');
  }
}

/** The one the project itself is locked to. */
function installed(name: string): string {
  const lock = JSON.parse(read('../../../../package-lock.json')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  return lock.packages[`node_modules/${name}`]?.version ?? 'unknown';
}
