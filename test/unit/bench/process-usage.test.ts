import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import { usageFromPs, usageOf } from '../../bench/stand/process-usage.ts';

const LISTING = `
    1     0   0:03.10  15032
  702   700   0:01.25   2048
  700     1   1:00.50   4096
  701   700 01:00:00    1024
  703   701 1-00:00:01   512
  800     1   9:59.99   9999
`;

describe('usage as ps lists it', () => {
  it('is that of the process and all its descendants, in whatever order they come', () => {
    const seconds = 60.5 + 1.25 + 3_600 + 86_401;

    expect(usageFromPs(700, LISTING)).toEqual({
      cpuUs: seconds * 1e6,
      rssBytes: (4_096 + 2_048 + 1_024 + 512) * 1_024,
    });
    expect(usageFromPs(702, LISTING)).toEqual({ cpuUs: 1.25e6, rssBytes: 2_048 * 1_024 });
  });

  it('is not made up for a process that has gone', () => {
    expect(() => usageFromPs(999, LISTING)).toThrow('process 999 is not running');
  });
});

/** Others may be at work on the machine. */
const PATIENCE = { timeout: 60_000 };

describe.runIf(platform() === 'linux')('usage as Linux has it', PATIENCE, () => {
  const BURN = 'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end);';

  it('counts the work and the memory of a child', async () => {
    const script = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(`${BURN} process.stdout.write('x'); setTimeout(() => {}, 60000)`)}], { stdio: ['ignore', 1, 2] })`;
    const parent = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = parent.pid ?? 0;
    try {
      await once(parent.stdout, 'data');
      const residentPages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
      const own = residentPages * 4_096;

      const { cpuUs, rssBytes } = usageOf(pid);

      expect(cpuUs).toBeGreaterThanOrEqual(3e5);
      expect(rssBytes).toBeGreaterThan(1.5 * own);
    } finally {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      for (const child of children.split(' ')) process.kill(Number(child), 'SIGKILL');
      parent.kill('SIGKILL');
    }
  });

  it('still counts the work of a thread that has ended', async () => {
    const script = `const { Worker } = require('worker_threads');
      new Worker(${JSON.stringify(BURN)}, { eval: true }).on('exit', () => process.stdout.write('x'));
      setTimeout(() => {}, 60000)`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');

      // Two ticks may be missing.
      expect(usageOf(child.pid ?? 0).cpuUs).toBeGreaterThanOrEqual(3e5 - 2e4);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('fails for a process that has gone', async () => {
    const child = spawn('true');
    await once(child, 'exit');

    expect(() => usageOf(child.pid ?? 0)).toThrow('ENOENT');
  });
});
