import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, user } from '../../support/local-platform.ts';
import { runPlatform, spawnPlatform } from '../../support/spawn-platform.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballast-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const echo = { model: 'simulated/echo', messages: user('hello') };

describe('npm start', () => {
  it('prints its address and keys, keeps its state over a restart, and ends cleanly', async () => {
    const data = join(folder, 'kept');
    const first = await spawnPlatform('--data', data);
    const answer = await post(`${first.url}/v1/chat/completions`, echo);
    const id = answer.headers.get('x-request-id');
    const twin = await runPlatform('--port', '0', '--data', data);
    const firstCode = await first.stop();

    const second = await spawnPlatform('--data', data);
    const record = await fetch(`${second.url}/v1/audit/${id}`, {
      headers: { authorization: `Bearer ${second.keys['demo']}` },
    });
    const body = await record.text();
    await second.stop();

    expect(first.keys).toEqual({
      demo: 'sk-local-demo',
      tiny: 'sk-local-tiny',
      admin: 'sk-local-admin',
    });
    expect(answer.status).toBe(200);
    expect(firstCode).toBe(0);
    expect(twin).toMatchObject({
      code: 1,
      output: expect.stringContaining('in use by another process'),
    });
    expect(record.status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ id, outcome: 'completed' });
  });

  it('says what to do about a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const { code, output } = await runPlatform('--memory', '--port', String(port));
    other.close();

    expect(code).toBe(1);
    expect(output).toContain(`error: port ${port} is taken`);
    expect(output).toContain('--port');
  });

  it('says what to do about a damaged data folder', async () => {
    const data = join(folder, 'damaged');
    await mkdir(join(data, 'dynamodb'), { recursive: true });
    await writeFile(join(data, 'dynamodb', 'CURRENT'), 'garbage');

    const { code, output } = await runPlatform('--port', '0', '--data', data);

    expect(code).toBe(1);
    expect(output).toMatch(/^error: the data folder .* cannot be opened .*--memory/m);
  });

  it.each([
    { name: 'no URL', args: ['--upstream', 'nonsense'], says: "got 'nonsense'" },
    { name: 'nobody there', args: ['--upstream', 'http://127.0.0.1:9'], says: 'does not answer' },
    { name: 'no port', args: ['--port', 'abc'], says: "got 'abc'" },
    { name: 'an unknown option', args: ['--prot', '1'], says: '(Did you mean --port?)' },
  ])('refuses $name with a message', async ({ args, says }) => {
    const { code, output } = await runPlatform('--memory', ...args);

    expect(code).toBe(1);
    expect(output).toContain(says);
    expect(output).not.toContain('    at ');
  });
});
