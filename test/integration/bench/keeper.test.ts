import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptProgram } from '../../bench/peers/keeper.ts';
import { bundlePeers, Peer } from '../../bench/stand/peer.ts';
import { freePort } from '../../support/free-port.ts';

let folder: string;
let logs: string;
beforeAll(() => {
  folder = bundlePeers();
  logs = mkdtempSync(join(tmpdir(), 'keeper-'));
}, 30_000);
afterAll(() => {
  for (const made of [folder, logs]) rmSync(made, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Keeps a Node program. */
async function keep(script: string, port: number, startWithinMs = 20_000): Promise<Peer> {
  const settings: KeptProgram = {
    command: process.execPath,
    args: ['-e', script],
    environment: {},
    port,
    readyPath: '/',
    log: join(logs, `${port}.log`),
    startWithinMs,
  };
  return Peer.start({ folder, name: 'keeper', settings });
}

describe('a program that is not ours, kept for the bench', () => {
  it('is ready once it answers, and ends with its children', async () => {
    const port = await freePort();
    // It answers with the process id of a child.
    const kept = await keep(
      `const child = require('child_process').spawn('sleep', ['600']);
       setTimeout(() => require('http').createServer((_, answer) => answer.end(String(child.pid))).listen(${port}, '127.0.0.1'), 300)`,
      port,
    );
    const child = Number(await (await fetch(`http://127.0.0.1:${port}`)).text());
    expect([isAlive(kept.pid), isAlive(child), kept.alive]).toEqual([true, true, true]);

    kept.stop();

    await expect
      .poll(() => [isAlive(kept.pid), isAlive(child), kept.alive], { timeout: 10_000 })
      .toEqual([false, false, false]);
  });

  it('that ends by itself is a failure, with what it said last', async () => {
    const script = `process.stderr.write('no such model\\n'); process.exit(3)`;

    await expect(keep(script, await freePort())).rejects.toThrow(/ended with 3: no such model/);
  });

  it('that never answers is given up', async () => {
    const kept = keep('setTimeout(() => {}, 600_000)', await freePort(), 300);

    await expect(kept).rejects.toThrow('did not answer within 0.3 s');
  });
});
