import { simulatedModels } from '#adapters/simulated/simulated-provider.ts';
import type { PlatformFile } from '../../lambdas/platform/contract.ts';

/** A real provider that `npm start` was told of. */
export interface Upstream {
  readonly provider: string;
  readonly models: readonly string[];
}

/** USD 1 in and 2 out per million tokens, so that budgets can be tried. */
const SIMULATED_PRICE = { inputNanoUsd: 1_000, outputNanoUsd: 2_000 };
/** A model on one's own machine costs nothing per token. */
const FREE = { inputNanoUsd: 0, outputNanoUsd: 0 };

/** What the local platform offers: simulated models, a chain that falls back, and what is real. */
export function localPlatformFile(
  bundled: Pick<PlatformFile, 'guardrailPolicies' | 'prices'>,
  upstreams: readonly Upstream[],
): PlatformFile {
  const simulated = simulatedModels.map((model) =>
    route(`simulated/${model}`, `simulated: ${model}`, [target('simulated', model, 1)]),
  );
  const real = upstreams.flatMap(({ provider, models }) =>
    models.map((model) =>
      route(`${provider}/${model}`, `${model}, served by ${provider}`, [
        target(provider, model, 1),
      ]),
    ),
  );
  const [first] = real.map(({ targets }) => targets[0]);
  const chain = [
    ...(first === undefined ? [] : [first]),
    target('simulated', 'lorem', first === undefined ? 1 : 0),
    target('simulated', 'echo', 0),
  ].filter((entry) => entry !== undefined);
  return {
    routes: [
      route('chat-default', 'falls back along a chain of models', chain),
      ...simulated,
      ...real,
    ],
    guardrailPolicies: bundled.guardrailPolicies,
    providers: {},
    prices: {
      ...bundled.prices,
      prices: {
        ...bundled.prices.prices,
        ...Object.fromEntries(
          simulatedModels.map((model) => [`simulated/${model}`, SIMULATED_PRICE]),
        ),
        ...Object.fromEntries(
          upstreams
            .filter(({ provider }) => provider !== 'bedrock')
            .flatMap(({ provider, models }) =>
              models.map((model) => [`${provider}/${model}`, FREE]),
            ),
        ),
      },
    },
  };
}

const target = (provider: string, model: string, weight: number) => ({
  provider,
  model,
  weight,
  maxOutputTokens: 4096,
});

function route(
  name: string,
  description: string,
  targets: PlatformFile['routes'][number]['targets'],
): PlatformFile['routes'][number] {
  return {
    name,
    description,
    targets,
    defaultMaxTokens: 1024,
    firstByteTimeoutMs: 30_000,
    idleTimeoutMs: 60_000,
    answerTimeoutMs: 120_000,
    deadlineMs: 600_000,
    commitAfterMs: 20_000,
    maxAttempts: 3,
    dropParams: false,
    guardrailPolicy: 'default',
  };
}
