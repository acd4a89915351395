import type { ReliabilityRow, UncoveredRow } from '../../support/reliability-row.ts';
import { dependencyRows } from './dependency-rows.ts';
import { providerRows } from './provider-rows.ts';
import { requestRows } from './request-rows.ts';

const byId = (left: { readonly id: string }, right: { readonly id: string }): number =>
  left.id < right.id ? -1 : 1;

/** Everything that goes wrong in `test/integration/faults`, and what is then true. */
export const faultRows: readonly ReliabilityRow[] = [
  ...requestRows,
  ...providerRows,
  ...dependencyRows,
].sort(byId);

const later = (id: string, fault: string, why: string): UncoveredRow => ({ id, fault, why });

/** What nobody tests yet. */
export const uncoveredFaults: readonly UncoveredRow[] = [
  later(
    'F02',
    'a body over 10 MB, refused by API Gateway itself',
    'needs a deployment; the local edge stands in for it',
  ),
  later(
    'F11',
    'an alarm when clocks are over 2 s apart',
    'there is no measurement of clock skew yet',
  ),
  later(
    'F17',
    'an intent whose reservation never arrived, because the gateway was killed',
    'no model was called and nothing is charged; the reconciler finds orphans by their reservations, so the intent stays open',
  ),
  later(
    'F18',
    'the same `Idempotency-Key` twice',
    'the gateway does not read `Idempotency-Key` yet',
  ),
  later(
    'F23',
    'an alarm on the dead-letter queue',
    'the spill queue has no dead-letter queue yet; a malformed message expires with it',
  ),
  later('F24', 'three of ten messages of a batch fail', 'there is no batch worker yet'),
  later(
    'F26',
    'a record of the audit archive is changed, removed or reordered',
    'there is no archive with digests yet',
  ),
  later(
    'F29',
    'a tenant’s own pattern',
    'policies name built-in detectors only; there are no custom patterns',
  ),
  later(
    'F30',
    'homoglyphs, zero-width and tag characters, encodings',
    'detectors read the text as it is; there is no normalisation yet',
  ),
  later('F31', 'an injected instruction', 'there is no injection detector yet'),
  later(
    'F37',
    'a guardrail service that is slow or throttles',
    'Bedrock ApplyGuardrail is not called yet; detectors are local',
  ),
  later(
    'F40',
    'the key that encrypts bodies is disabled',
    'bodies are not encrypted by the platform yet; the tables’ key is tested',
  ),
  later('F41', 'a canary’s alarm that flaps', 'there are no canaries yet'),
  later('F42', 'fifty drift events in a minute', 'there is no retraining yet'),
  later('F43', 'drift over empty, constant or NaN embeddings', 'there is no drift detector yet'),
  later('F44', 'poisoned training data, a candidate that is worse', 'there is no retraining yet'),
  later('D05', 'the idempotency store is down', 'the gateway does not read `Idempotency-Key` yet'),
  later('D07', 'Bedrock ApplyGuardrail or a SageMaker guardrail fails', 'detectors are local'),
  later('D11', 'a SageMaker endpoint or a canary fails', 'there is no SageMaker provider yet'),
  later('D14', 'KMS cannot decrypt a body', 'bodies are not encrypted by the platform yet'),
  later('D16', 'the response cache is down', 'there is no response cache yet'),
  later(
    'D17',
    'the store of circuits is down',
    'circuits are kept in the process; there is no store that could fail',
  ),
  later(
    'D19',
    'EventBridge or SNS is down',
    'nothing on the request path uses them; the topic needs a deployment',
  ),
  later('D20', 'the drift detector or retraining is down', 'they do not exist yet'),
];
