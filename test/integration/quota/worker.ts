import { writeSync } from 'node:fs';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import type { Amounts } from '#core/quota/limits.ts';
import { newUlid, systemClock } from '#runtime/host.ts';
import { CROWD, type Step, type WorkerOrder } from './worker-order.ts';

/** How far a request gets before it is forgotten, where it is; every tenth is. */
const FORGOTTEN_AT: readonly Step[] = ['reserving', 'reserved', 'recorded', 'settling'];

const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const store = new DynamodbQuotaStore({
  client: createDynamodbClient({
    endpoint: order.endpoint,
    connectionTimeoutMs: 20_000,
    requestTimeoutMs: 20_000,
  }),
  tableName: 'quota',
  clock: systemClock,
  random: Math.random,
});

let reached = 0;

/** Dies as a killed function does, with whatever others have under way. */
async function pass(step: Step): Promise<void> {
  if (step !== order.dies?.at) return;
  reached += 1;
  if (reached !== order.dies.after) return;
  // What has just been sent gets as far as the socket.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  process.kill(process.pid, 'SIGKILL');
}

/** One request's way: reserve, record (as an audit completion does, for good), settle. */
async function serve(index: number): Promise<void> {
  const forgottenAt = index % 10 === 9 ? FORGOTTEN_AT[Math.floor(index / 10) % 4] : undefined;
  const keyId = CROWD.keys[index % CROWD.keys.length] ?? '';
  const reserving = store.reserve({
    id: newUlid(CROWD.timeMs),
    tenantId: CROWD.tenantId,
    keyId,
    limits: CROWD.limits,
    amounts: CROWD.amounts,
    expiresAtMs: CROWD.expiresAtMs,
  });
  await pass('reserving');
  if (forgottenAt === 'reserving') return;
  const outcome = await reserving;
  if (!outcome.granted) return;
  await pass('reserved');
  if (forgottenAt === 'reserved') return;
  const { id } = outcome.reservation;
  // Never more than was set aside: then what is settled may not pass a limit either.
  const used: Amounts = { requests: 1, tokens: index % 11, nanoUsd: (index % 11) * 90 };
  // Not through a stream: what is written must outlive the process.
  writeSync(1, `${JSON.stringify({ id, keyId, used })}\n`);
  await pass('recorded');
  if (forgottenAt === 'recorded') return;
  const settling = store.settle(outcome.reservation, used);
  await pass('settling');
  if (forgottenAt === 'settling') return;
  await settling;
  await pass('settled');
}

for (let start = 0; start < order.requests; start += order.atOnce) {
  const indexes = Array.from({ length: order.atOnce }, (_, place) => start + place);
  await Promise.all(indexes.map(serve));
}
process.exit(0);
