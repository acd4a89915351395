import { afterEach, describe, expect, it } from 'vitest';
import type { AuditLog } from '#core/audit/audit-log.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import type { QuotaStore } from '#core/quota/quota-store.ts';
import { rowIn } from '../../support/describe-row.ts';
import { isWrite } from '../../support/dynamodb-requests.ts';
import { type FaultBench, startFaultBench } from '../../support/fault-bench.ts';
import { dynamodbThrottle } from '../../support/faults.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { faultRows } from './rows.ts';

let bench: FaultBench | undefined;
afterEach(() => bench?.close());

/** Plants a defect, throttles one kind of write, asks once, and says what the suite would see. */
async function seenWith(
  plant: (ports: InferencePorts) => InferencePorts,
  write: 'reserve' | 'intent',
) {
  const planted = await startFaultBench({ plant });
  bench = planted;
  planted.dynamodb.arm(dynamodbThrottle, { when: isWrite(write) });
  const { status, code } = await planted.ask();
  return { answer: { status, code }, broken: await brokenInvariants(await planted.evidence()) };
}

/** A store that takes its own failure for a grant. */
function grantingWhenDown(quotas: QuotaStore): QuotaStore {
  return {
    settle: (reservation, used) => quotas.settle(reservation, used),
    reserve: async (request) => {
      try {
        return await quotas.reserve(request);
      } catch {
        return { granted: true, reservation: { ...request, windows: [] }, standing: {} };
      }
    },
  };
}

/** A log that takes its own failure for a record. */
function silentWhenDown(audit: AuditLog): AuditLog {
  return {
    writeIntent: (intent) => audit.writeIntent(intent).catch(() => undefined),
    writeCompletion: (completion) => audit.writeCompletion(completion).catch(() => undefined),
  };
}

describe('a fault that is swallowed is seen', () => {
  it('when the quota store grants although DynamoDB does not answer', async () => {
    const { answer, broken } = await seenWith(
      (ports) => ({ ...ports, quotas: grantingWhenDown(ports.quotas) }),
      'reserve',
    );

    expect(rowIn(faultRows, 'F15').answers).not.toContainEqual(answer);
    expect(broken.join('\n')).toMatch(/settled are 0 tokens/);
  });

  it('when the audit log forgets an intent it could not write', async () => {
    const { answer, broken } = await seenWith(
      (ports) => ({ ...ports, audit: silentWhenDown(ports.audit) }),
      'intent',
    );

    expect(rowIn(faultRows, 'D12').answers).not.toContainEqual(answer);
    expect(broken.join('\n')).toMatch(/lists 1 attempts, its intent allows 0/);
  });

  it('and nothing of it where nothing is planted', async () => {
    const { answer, broken } = await seenWith((ports) => ports, 'reserve');

    expect(rowIn(faultRows, 'F15').answers).toContainEqual(answer);
    expect(broken).toEqual([]);
  });
});
