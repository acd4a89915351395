import type { PlatformConfig } from '../config/platform-config.ts';

/** Cross-region inference profiles are named by the geography they route within. */
const PROFILE = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\.(.+)$/;

/**
 * ARNs of exactly the Bedrock models that the routes name; an inference profile needs itself and the
 * foundation model in every region it may route to. A model of one's own is named by its ARN.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
export function bedrockModelArns({ routes, providers }: PlatformConfig): readonly string[] {
  const arns = new Set<string>();
  for (const { provider, model } of routes.flatMap(({ targets }) => targets)) {
    const definition = providers[provider];
    if (definition?.kind !== 'bedrock') continue;
    if (model.startsWith('arn:')) {
      arns.add(model);
      continue;
    }
    const region = definition.region ?? `\${AWS::Region}`;
    const base = PROFILE.exec(model)?.[1];
    if (base === undefined) {
      arns.add(`arn:\${AWS::Partition}:bedrock:${region}::foundation-model/${model}`);
      continue;
    }
    arns.add(
      `arn:\${AWS::Partition}:bedrock:${region}:\${AWS::AccountId}:inference-profile/${model}`,
    );
    arns.add(`arn:\${AWS::Partition}:bedrock:*::foundation-model/${base}`);
  }
  return [...arns];
}

/** Secrets that hold the keys of other providers. */
export const providerSecretArns = ({ providers }: PlatformConfig): readonly string[] =>
  Object.values(providers).flatMap((provider) =>
    provider.kind === 'openai-compatible' && provider.apiKeySecretArn !== undefined
      ? [provider.apiKeySecretArn]
      : [],
  );
