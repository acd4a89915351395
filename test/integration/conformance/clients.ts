import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const beside = (path: string): string =>
  fileURLToPath(new URL(`./clients/${path}`, import.meta.url));

/** Where `npm run conformance` puts the Python clients. */
export const PYTHON_HOME = fileURLToPath(
  new URL('../../../node_modules/.cache/conformance', import.meta.url),
);
const PYTHON = `${PYTHON_HOME}/bin/python`;

/** A program that does what a row asks for with one real client. */
export interface Client {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Absent before `npm run conformance` has installed it. */
  readonly needs?: string;
}

const node = (driver: string, ...args: readonly string[]) => ({
  command: process.execPath,
  args: [beside(driver), ...args],
});

const clients = {
  fetch: { name: 'plain `fetch`', ...node('fetch.mjs') },
  'openai-6': { name: '`openai` 6 (Node)', ...node('openai-node.mjs', 'openai') },
  'openai-7': {
    name: '`openai` 7 (Node)',
    ...node('openai-node.mjs', 'openai-7'),
    needs: beside('node_modules/openai-7'),
  },
  'openai-python': {
    name: '`openai` (Python)',
    command: PYTHON,
    args: [beside('openai_python.py')],
    needs: PYTHON,
  },
  'ai-sdk': {
    name: '`ai` + `@ai-sdk/openai-compatible`',
    ...node('ai-sdk.mjs'),
    needs: beside('node_modules/ai'),
  },
  langchain: {
    name: '`@langchain/openai`',
    ...node('langchain.mjs'),
    needs: beside('node_modules/@langchain'),
  },
} as const satisfies Record<string, Client>;

export type ClientId = keyof typeof clients;

/** The real clients, in the order of the matrix. */
export const CLIENTS: Readonly<Record<ClientId, Client>> = clients;
export const CLIENT_IDS = Object.keys(clients) as ClientId[];

export const isInstalled = ({ needs }: Client): boolean => needs === undefined || existsSync(needs);
