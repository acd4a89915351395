import { compileGuard } from '#core/guardrail/compile-guard.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import type { Guard } from '#core/guardrail/guard.ts';
import type { GuardrailPolicy } from '#core/guardrail/policy.ts';
import { sha256 } from '#runtime/host.ts';

/**
 * Policies by id, ready to judge. Two functions that read the same platform file give a policy the
 * same hash.
 *
 * @throws Error when a policy names a detector that does not exist.
 */
export const compileGuards = (policies: readonly GuardrailPolicy[]): ReadonlyMap<string, Guard> =>
  new Map(
    policies.map((policy) => [
      policy.id,
      compileGuard({
        policy,
        policyHash: sha256(JSON.stringify(policy)),
        detectors: builtInDetectors,
      }),
    ]),
  );
