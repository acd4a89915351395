import { describe, expect, it } from 'vitest';
import type { ReturnedCompletion } from '#core/audit/spilled-completions.ts';
import type { Amounts } from '#core/quota/limits.ts';
import type { LogFields, Measurement } from '#runtime/observability.ts';
import { createReconciler } from '../../../lambdas/reconciler/reconciler.ts';
import { aCompletion, anId, anIntent } from '../../support/audit-samples.ts';
import { MemoryAuditLog } from '../../support/memory-audit-log.ts';
import { MemoryQuotaStore } from '../../support/memory-quota-store.ts';
import { settle as everyoneActs, TestClock } from '../../support/test-clock.ts';

const AMOUNTS: Amounts = { requests: 1, tokens: 1_200, nanoUsd: 2_200_000 };

/** An audit log whose reads take a while, so that two reconcilers get between each other. */
class SlowAuditLog extends MemoryAuditLog {
  override async find(tenantId: string, id: string) {
    const record = await super.find(tenantId, id);
    await everyoneActs();
    return record;
  }

  /** Keeps the first, as every audit log does. */
  override async writeCompletion(completion: Parameters<MemoryAuditLog['writeCompletion']>[0]) {
    if (this.completions.some(({ id }) => id === completion.id)) return;
    await super.writeCompletion(completion);
  }
}

/** A reconciler over what dead requests have left. */
class ReconcilerBench {
  readonly clock = new TestClock();
  readonly quotas = new MemoryQuotaStore();
  readonly audit = new SlowAuditLog();
  readonly measured: Measurement[] = [];
  readonly logged: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  readonly waiting: ReturnedCompletion[] = [];
  breaksOff = false;
  readonly run = createReconciler({
    orphans: { expired: () => this.#expired() },
    spilled: { waiting: () => this.#waiting() },
    quotas: this.quotas,
    audit: this.audit,
    clock: this.clock,
    log: { info: this.#note(), warn: this.#note(), error: this.#note() },
    metrics: { emit: (measurements) => this.measured.push(...measurements) },
  });

  async *#waiting() {
    yield* this.waiting;
  }

  async leave(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.quotas.reserve({
        id,
        tenantId: 'acme',
        keyId: 'abcdef012345',
        limits: { tenant: {} },
        amounts: AMOUNTS,
        expiresAtMs: 0,
      });
    }
  }

  start(deadlineMs = this.clock.nowMs() + 60_000): Promise<void> {
    return this.run({ deadlineMs });
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.measured.map(({ name, value }) => [name, value]));
  }

  async *#expired() {
    yield* [...this.quotas.open.values()];
    if (this.breaksOff) throw new Error('the table is down');
  }

  #note() {
    return (message: string, fields?: LogFields) => {
      this.logged.push({ message, fields });
    };
  }
}

describe('the reconciler', () => {
  it('settles each orphan by how far its request came', async () => {
    const bench = new ReconcilerBench();
    const [completed, begun, neverCalled] = [anId(1), anId(2), anId(3)];
    await bench.leave(completed, begun, neverCalled);
    await bench.audit.writeIntent(anIntent({ id: completed }));
    await bench.audit.writeCompletion(aCompletion({ id: completed }));
    await bench.audit.writeIntent(anIntent({ id: begun }));

    await bench.start();

    expect(bench.quotas.settled).toEqual(
      [
        { id: neverCalled, used: { requests: 0, tokens: 0, nanoUsd: 0 } },
        { id: completed, used: { requests: 1, tokens: 1_190, nanoUsd: 2_150_000 } },
        { id: begun, used: AMOUNTS },
      ].sort((left, right) => order(bench, left.id) - order(bench, right.id)),
    );
    expect(bench.audit.completions).toMatchObject([
      { id: completed, outcome: 'completed' },
      { id: begun, outcome: 'abandoned' },
    ]);
    expect(bench.counts).toEqual({
      ReturnedCompletions: 0,
      OrphanedReservations: 3,
      AbandonedInferences: 1,
      ReconciliationFailures: 0,
    });
  });

  it('finds nothing left to do the second time', async () => {
    const bench = new ReconcilerBench();
    await bench.leave(anId(1));
    await bench.audit.writeIntent(anIntent({ id: anId(1) }));
    await bench.start();

    await bench.start();

    expect(bench.quotas.settled).toHaveLength(1);
    expect(bench.audit.completions).toHaveLength(1);
    expect(bench.counts).toMatchObject({ OrphanedReservations: 0 });
  });

  it('does no harm when two run at once', async () => {
    const bench = new ReconcilerBench();
    const ids = Array.from({ length: 25 }, (_, index) => anId(index));
    await bench.leave(...ids);
    for (const id of ids) await bench.audit.writeIntent(anIntent({ id }));

    await Promise.all([bench.start(), bench.start()]);

    expect(bench.quotas.settled.map(({ id }) => id).sort()).toEqual(ids);
    expect(bench.quotas.settled.every(({ used }) => used.tokens === AMOUNTS.tokens)).toBe(true);
    expect(bench.audit.completions).toHaveLength(25);
    const counted = bench.measured.filter(({ name }) => name === 'OrphanedReservations');
    expect(counted.reduce((sum, { value }) => sum + value, 0)).toBe(25);
  });

  it('settles what stands in the log when the request completes after all', async () => {
    const bench = new ReconcilerBench();
    await bench.leave(anId(1));
    await bench.audit.writeIntent(anIntent({ id: anId(1) }));

    const running = bench.start();
    await bench.audit.writeCompletion(aCompletion({ id: anId(1) }));
    await running;

    expect(bench.quotas.settled).toEqual([
      { id: anId(1), used: { requests: 1, tokens: 1_190, nanoUsd: 2_150_000 } },
    ]);
  });

  it('goes on past an orphan that cannot be settled, and fails at the end', async () => {
    const bench = new ReconcilerBench();
    await bench.leave(anId(1), anId(2), anId(3));
    const find = bench.audit.find.bind(bench.audit);
    bench.audit.find = async (tenantId, id) => {
      if (id === anId(2)) throw new Error('audit completion is malformed at oc');
      return find(tenantId, id);
    };

    await expect(bench.start()).rejects.toThrow('1 records or reservations could not be closed');

    expect(bench.quotas.settled.map(({ id }) => id)).toEqual([anId(1), anId(3)]);
    expect(bench.counts).toMatchObject({ OrphanedReservations: 2, ReconciliationFailures: 1 });
    expect(bench.logged).toContainEqual({
      message: 'orphaned reservation not settled',
      fields: { id: anId(2), tenant: 'acme', error: expect.any(Error) },
    });
  });

  it('settles nothing it could not close the record of', async () => {
    const bench = new ReconcilerBench();
    await bench.leave(anId(1));
    await bench.audit.writeIntent(anIntent({ id: anId(1) }));
    bench.audit.refuseCompletions = true;

    await expect(bench.start()).rejects.toThrow('could not be closed');

    expect(bench.quotas.settled).toEqual([]);
  });

  it('leaves the rest to the next run when its time is up', async () => {
    const bench = new ReconcilerBench();
    await bench.leave(anId(1));

    await bench.start(bench.clock.nowMs());

    expect(bench.quotas.settled).toEqual([]);
    expect(bench.logged).toContainEqual({
      message: 'reconciler ran out of time; the next run goes on',
      fields: undefined,
    });
  });

  it('brings spilled completions back first, and settles at what they say', async () => {
    const bench = new ReconcilerBench();
    const id = anId(1);
    await bench.leave(id);
    await bench.audit.writeIntent(anIntent({ id }));
    let taken = 0;
    const completion = aCompletion({ id, nanoUsd: 42 });
    bench.waiting.push({
      spilled: { version: 1, spilledAtMs: 0, completion },
      done: async () => {
        taken += 1;
      },
    });

    await bench.start();

    expect(bench.audit.completions).toEqual([completion]);
    expect(taken).toBe(1);
    expect(bench.quotas.settled).toMatchObject([{ id, used: { nanoUsd: 42 } }]);
  });

  it('leaves a spilled completion on its queue while the log does not take it', async () => {
    const bench = new ReconcilerBench();
    bench.audit.refuseCompletions = true;
    let taken = 0;
    bench.waiting.push({
      spilled: { version: 1, spilledAtMs: 0, completion: aCompletion({ id: anId(1) }) },
      done: async () => {
        taken += 1;
      },
    });

    await expect(bench.start()).rejects.toThrow('1 records or reservations');
    expect(taken).toBe(0);
  });

  it('waits for what it has begun when the table breaks off in the middle', async () => {
    const bench = new ReconcilerBench();
    await bench.leave(anId(1), anId(2));
    bench.breaksOff = true;

    await expect(bench.start()).rejects.toThrow('the table is down');
    expect(bench.quotas.settled).toHaveLength(2);
  });
});

const order = (bench: ReconcilerBench, id: string): number =>
  bench.quotas.settled.findIndex((settled) => settled.id === id);
