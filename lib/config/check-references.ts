import type { PlatformConfig } from './platform-config.ts';

/** What a guardrail rule may look for; a test holds the list to the detectors there are. */
export const DETECTORS: readonly string[] = [
  'email',
  'payment-card',
  'iban',
  'aws-key',
  'private-key',
];

/** An inference profile by its ARN, a team's own or one of AWS. */
const PROFILE_ARN = /^arn:[^:]+:bedrock:[^:]*:[^:]*:(?:application-)?inference-profile\//;

/** Names in a configuration that name nothing, each as a sentence; a deployment would fail on them late. */
export function checkReferences(config: PlatformConfig): readonly string[] {
  const policies = config.guardrailPolicies.map(({ id }) => id);
  const providers = Object.keys(config.providers);
  const problems = config.routes.flatMap((route, index) => [
    ...(policies.includes(route.guardrailPolicy)
      ? []
      : [
          `routes.${index}.guardrailPolicy: no policy '${route.guardrailPolicy}'; there are ${policies.join(', ')}`,
        ]),
    ...route.targets.flatMap(({ provider, model }, target) => {
      const at = `routes.${index}.targets.${target}`;
      if (!providers.includes(provider)) {
        return [`${at}.provider: no provider '${provider}'; there are ${providers.join(', ')}`];
      }
      if (PROFILE_ARN.test(model)) {
        return [
          `${at}.model: '${model}' does not say which models it calls, so access to them cannot be given; name the model, or its cross-region profile such as global.…`,
        ];
      }
      return `${provider}/${model}` in config.prices.prices
        ? []
        : [`${at}: '${provider}/${model}' has no price; list it in the price file`];
    }),
  ]);
  const names = config.routes.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...problems,
    ...twice.map((name) => `routes: '${name}' is there twice`),
    ...checkDetectors(config),
    ...checkIdentity(config),
  ];
}

/** A function with a policy it cannot compile would not start. */
const checkDetectors = ({ guardrailPolicies }: PlatformConfig): readonly string[] =>
  guardrailPolicies.flatMap(({ id, rules }) =>
    rules
      .filter(({ detector }) => !DETECTORS.includes(detector))
      .map(
        ({ detector }) =>
          `guardrailPolicies.${id}: no detector '${detector}'; there are ${DETECTORS.join(', ')}`,
      ),
  );

/** Mistakes that would deploy and then let nobody in. */
function checkIdentity({ identity }: PlatformConfig): readonly string[] {
  const { issuer, audiences, clients } = identity;
  if (issuer === undefined) return [];
  return [
    ...(audiences.length > 0
      ? []
      : [
          `identity.audiences: empty, so no token of ${issuer} would be accepted; list its \`aud\` or \`client_id\` values`,
        ]),
    ...(clients.length === 0
      ? []
      : [
          `identity.clients: ${clients.join(', ')} would be made in a user pool, and with an issuer there is none; remove one of the two`,
        ]),
  ];
}
