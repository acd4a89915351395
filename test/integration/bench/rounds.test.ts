import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Load, StreamLoad, WholeLoad } from '../../bench/load/loads.ts';
import { type Grounds, runLoad } from '../../bench/load/rounds.ts';
import { bundlePeers, Peer } from '../../bench/stand/peer.ts';
import type { Target } from '../../bench/stand/stand.ts';
import type { TargetName } from '../../bench/stand/targets.ts';

const ROUNDS = 4;
const common = { connections: 2, rounds: ROUNDS, most: { requests: 5, longestMs: 20_000 } };
const WHOLE: WholeLoad = { ...common, kind: 'whole', id: 'whole', upstreamMs: 0 };
const STREAMS: StreamLoad = {
  ...common,
  kind: 'stream',
  id: 'streams',
  paceMs: 0,
  text: 'personal data',
};

let folder: string;
let upstream: Peer;
const servers: Server[] = [];
beforeAll(async () => {
  folder = bundlePeers();
  upstream = await Peer.start({ folder, name: 'upstream' });
}, 30_000);
afterAll(() => {
  upstream.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const targetAt = (port: number): Target => ({
  port,
  pid: upstream.pid,
  headers: {},
  startMs: 0,
  idleRssBytes: 0,
});

/** The upstream itself, and whoever else is given. */
function grounds(others: Partial<Record<TargetName, number>> = {}) {
  const targets = new Map<TargetName, Target>([['direct', targetAt(upstream.port)]]);
  for (const [name, port] of Object.entries(others)) targets.set(name as 'litellm', targetAt(port));
  const skipped: string[] = [];
  const stand: Grounds = {
    targets,
    pids: [upstream.pid],
    conduct: (conduct) => upstream.tell(conduct),
    skip: (name, { message }) => {
      targets.delete(name);
      skipped.push(`${name}: ${message}`);
    },
  };
  return { stand, skipped };
}

describe('a load', () => {
  it('gives a number for each round, and a p99 for each third of them', async () => {
    const { targets, foreignCpu } = await runLoad(WHOLE, grounds().stand);

    const { direct = {} } = targets;
    expect(Object.entries(direct).map(([name, series]) => [name, series.length])).toEqual([
      ['perSecond', ROUNDS],
      ['p50Ms', ROUNDS],
      ['p99Ms', 2],
      ['cpuUs', ROUNDS],
    ]);
    expect(direct['cpuUs']?.every((used) => used > 0)).toBe(true);
    expect(foreignCpu).toHaveLength(ROUNDS);
  });

  it('counts every word of every stream', async () => {
    const { targets } = await runLoad(STREAMS, grounds().stand);

    expect(targets.direct).toMatchObject({
      streams: Array(ROUNDS).fill(5),
      lost: Array(ROUNDS).fill(0),
      merged: Array(ROUNDS).fill(0),
      framesPerChunk: Array(ROUNDS).fill(1),
    });
  });

  it.each<Load>([WHOLE, STREAMS])(
    '$kind: goes on without a peer that fails, or never answers',
    async (load) => {
      const { stand, skipped } = grounds({
        portkey: await serve((_, response) => response.writeHead(500).end('{"no":"answer"}')),
        litellm: await serve(() => {}),
      });

      const { targets } = await runLoad(
        { ...load, most: { requests: 5, longestMs: 300 } },
        stand,
        200,
      );

      expect(Object.keys(targets)).toEqual(['direct']);
      expect(skipped).toEqual([
        expect.stringMatching(/^portkey: .*expected status 200, got .*500/),
        `litellm: ${load.id}: no answer within 0.5 s`,
      ]);
    },
  );

  it('leaves out a peer that fails after some rounds', async () => {
    let answers = 0;
    const tiring = await serve((_, response) => {
      answers += 1;
      response.writeHead(answers > 7 ? 500 : 200).end('{"an":"answer"}');
    });
    const { stand, skipped } = grounds({ portkey: tiring });

    const { targets, foreignCpu } = await runLoad(WHOLE, stand);

    expect(answers).toBeGreaterThan(7);
    expect(skipped).toHaveLength(1);
    expect(Object.keys(targets)).toEqual(['direct']);
    expect(foreignCpu).toHaveLength(ROUNDS);
  });
});
