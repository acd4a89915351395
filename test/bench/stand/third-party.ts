import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import type { KeptProgram } from '../peers/keeper.ts';
import pins from '../third-party/package.json' with { type: 'json' };
import { installLitellm, installNpmPeers } from './install.ts';
import type { TargetName } from './targets.ts';

/** Programs of others, from npm and from PyPI. */
export type ThirdParty = Extract<
  TargetName,
  'honoProxy' | 'portkey' | 'portkeyGuarded' | 'litellm'
>;

/** How a program of somebody else's is started. */
export type Program = Pick<KeptProgram, 'command' | 'args' | 'environment' | 'port' | 'readyPath'>;

const PROGRAMS: Readonly<Record<ThirdParty, (upstreamPort: number) => Promise<Program>>> = {
  honoProxy,
  portkey,
  portkeyGuarded: portkey,
  litellm,
};

export const isThirdParty = (target: TargetName): target is ThirdParty => target in PROGRAMS;

/**
 * Installs a program where it is not installed yet.
 *
 * @throws Error that says why it cannot be had.
 */
export const programOf = (target: ThirdParty, upstreamPort: number): Promise<Program> =>
  PROGRAMS[target](upstreamPort);

/** Names and versions, as they are pinned. */
export function pinnedVersions(): readonly string[] {
  const requirements = readFileSync(
    new URL('../third-party/requirements.txt', import.meta.url),
    'utf8',
  );
  const litellm = /^litellm\[proxy\]==(\S+)$/m.exec(requirements)?.[1];
  const npm = Object.entries(pins.dependencies).map(([name, version]) => `${name} ${version}`);
  return [...npm, `litellm ${litellm}`];
}

async function honoProxy(upstreamPort: number): Promise<Program> {
  const folder = await installNpmPeers();
  const port = await freePort();
  return {
    command: process.execPath,
    args: [join(folder, 'hono-proxy.mjs'), String(port), String(upstreamPort)],
    environment: {},
    port,
    readyPath: '/',
  };
}

/** Where it goes is in the headers of each request. */
async function portkey(): Promise<Program> {
  const folder = await installNpmPeers();
  const port = await freePort();
  const program = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  return {
    command: process.execPath,
    args: [program, `--port=${port}`, '--headless'],
    environment: { NODE_ENV: 'production' },
    port,
    readyPath: '/',
  };
}

async function litellm(upstreamPort: number): Promise<Program> {
  const folder = await installLitellm();
  const port = await freePort();
  const options = ['--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'];
  return {
    command: join(folder, 'environment/bin/litellm'),
    args: ['--config', join(folder, 'litellm.yaml'), '--telemetry', 'False', ...options],
    environment: {
      BENCH_UPSTREAM: `http://127.0.0.1:${upstreamPort}/v1`,
      LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: 'true',
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      LITELLM_TELEMETRY: 'False',
      LITELLM_MODE: 'PRODUCTION',
      LITELLM_LOG: 'ERROR',
      NO_DOCS: 'True',
    },
    port,
    readyPath: '/health/liveliness',
  };
}
