import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Admission,
  type CallResult,
  Circuit,
  DEFAULT_CIRCUIT_POLICY,
  type Permit,
} from '#core/resilience/circuit.ts';

const { minimumCalls, openMs, longestOpenMs, cooldownMs, probeMs, windowMs } =
  DEFAULT_CIRCUIT_POLICY;

function permitOf(admission: Admission): Permit {
  if (!admission.admitted) throw new Error(`not admitted until ${admission.retryAtMs}`);
  return admission.permit;
}

const call = (circuit: Circuit, result: CallResult, nowMs: number, retryAfterMs?: number) =>
  circuit.report(permitOf(circuit.admit(nowMs)), result, nowMs, retryAfterMs);

function opened(nowMs = 0): Circuit {
  const circuit = new Circuit();
  for (let count = 0; count < minimumCalls; count += 1) call(circuit, 'failure', nowMs);
  return circuit;
}

describe('Circuit', () => {
  it('stays closed while too few calls have been made to judge', () => {
    const circuit = new Circuit();

    for (let count = 1; count < minimumCalls; count += 1) call(circuit, 'failure', 0);

    expect(circuit.state(0)).toBe('closed');
  });

  it('opens once half of enough calls failed, and says so once', () => {
    const circuit = new Circuit();
    const reports = Array.from({ length: minimumCalls }, () => call(circuit, 'failure', 0));

    expect(reports.filter(Boolean)).toHaveLength(1);
    expect(circuit.admit(0)).toEqual({ admitted: false, retryAtMs: openMs });
  });

  it('forgets failures that are older than its window', () => {
    const circuit = new Circuit();
    for (let count = 1; count < minimumCalls; count += 1) call(circuit, 'failure', 0);

    call(circuit, 'failure', windowMs + 1);

    expect(circuit.state(windowMs + 1)).toBe('closed');
  });

  it('lets exactly one of a hundred callers probe when it is half-open', () => {
    const circuit = opened();

    const admissions = Array.from({ length: 100 }, () => circuit.admit(openMs));

    expect(admissions.filter((admission) => admission.admitted)).toHaveLength(1);
  });

  it('closes on a successful probe and opens twice as long on a failed one', () => {
    const healed = opened();
    call(healed, 'success', openMs);
    const broken = opened();
    call(broken, 'failure', openMs);

    expect(healed.state(openMs)).toBe('closed');
    expect(broken.admit(openMs)).toEqual({ admitted: false, retryAtMs: openMs + 2 * openMs });
  });

  it('never stays open longer than the longest', () => {
    const circuit = opened();
    let nowMs = openMs;

    for (let probe = 0; probe < 12; probe += 1) {
      const admission = circuit.admit(nowMs);
      circuit.report(permitOf(admission), 'failure', nowMs);
      const refused = circuit.admit(nowMs);
      expect(refused.admitted ? 0 : refused.retryAtMs - nowMs).toBeLessThanOrEqual(longestOpenMs);
      nowMs += longestOpenMs;
    }
  });

  it('hands the probe to the next caller when the prober never came back', () => {
    const circuit = opened();
    circuit.admit(openMs);

    expect(circuit.admit(openMs + 1).admitted).toBe(false);
    expect(circuit.admit(openMs + probeMs).admitted).toBe(true);
  });

  it('rests after a 429 as long as the provider asked, without calling it broken', () => {
    const circuit = new Circuit();
    for (let nowMs = 0; nowMs < 20; nowMs += 1) call(circuit, 'throttled', nowMs * 10_000, 5_000);
    const lastMs = 190_000;

    expect(circuit.state(lastMs)).toBe('closed');
    expect(circuit.admit(lastMs + 4_999)).toEqual({ admitted: false, retryAtMs: lastMs + 5_000 });
    expect(circuit.admit(lastMs + 5_000).admitted).toBe(true);
  });

  it('rests a second after a 429 that names no time', () => {
    const circuit = new Circuit();
    call(circuit, 'throttled', 0);

    expect(circuit.admit(cooldownMs - 1).admitted).toBe(false);
    expect(circuit.admit(cooldownMs).admitted).toBe(true);
  });

  it('is never opened by what callers did wrong', () => {
    const circuit = new Circuit();

    for (let count = 0; count < 50; count += 1) call(circuit, 'neutral', 0);

    expect(circuit.state(0)).toBe('closed');
  });

  it('is not judged by answers that belong to an earlier opening', () => {
    const circuit = new Circuit();
    const late = permitOf(circuit.admit(0));
    for (let count = 0; count < minimumCalls; count += 1) call(circuit, 'failure', 0);

    circuit.report(late, 'success', 1);

    expect(circuit.state(1)).toBe('open');
  });

  it('keeps one prober and always recovers, under any interleaving', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 20_000 }),
      result: fc.constantFrom<CallResult>('success', 'failure', 'neutral', 'throttled'),
      hold: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const circuit = new Circuit();
        const held: { permit: Permit; result: CallResult; atMs: number }[] = [];
        let nowMs = 0;
        for (const { waitMs, result, hold } of steps) {
          nowMs += waitMs;
          const state = circuit.state(nowMs);
          const admission = circuit.admit(nowMs);
          if (state === 'open') expect(admission.admitted).toBe(false);
          if (admission.admitted && admission.permit.probe) {
            expect(circuit.admit(nowMs).admitted).toBe(false);
          }
          if (!admission.admitted) continue;
          if (hold) held.push({ permit: admission.permit, result, atMs: nowMs });
          else circuit.report(admission.permit, result, nowMs);
        }
        for (const { permit, result } of held) circuit.report(permit, result, nowMs);

        const healedMs = nowMs + longestOpenMs + probeMs;
        const last = circuit.admit(healedMs);
        expect(last.admitted).toBe(true);
        circuit.report(permitOf(last), 'success', healedMs);
        expect(circuit.state(healedMs)).toBe('closed');
      }),
    );
  });
});
