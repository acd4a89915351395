import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { PlatformConfig } from '../../lib/config/platform-config.ts';
import { readConfig } from '../../lib/config/read-config.ts';
import { addStacks, type Platform } from '../../lib/stacks/platform.ts';

/** The flags that the CDK's command line would give. */
export const { context: cdkContext } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
) as { context: Record<string, unknown> };

export type Resource = {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
};

export interface Synthesized {
  readonly platform: Platform;
  readonly config: PlatformConfig;
  readonly data: Template;
  readonly gateway: Template;
  /** Every resource of both stacks, by logical id. */
  readonly resources: Readonly<Record<string, Resource>>;
}

/** A profile's templates, without bundling and without CDK's own validator: those cost seconds. */
export function synthesize(file: string, changes: Partial<PlatformConfig> = {}): Synthesized {
  const app = new App({
    context: { ...cdkContext, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
  });
  const config = { ...readConfig(file), ...changes };
  const platform = addStacks(app, config);
  const data = Template.fromStack(platform.data);
  const gateway = Template.fromStack(platform.gateway);
  const resources = {
    ...(data.toJSON()['Resources'] as Record<string, Resource>),
    ...(gateway.toJSON()['Resources'] as Record<string, Resource>),
  };
  return { platform, config, data, gateway, resources };
}

export const ofType = (
  { resources }: Synthesized,
  type: string,
): readonly (readonly [string, Resource])[] =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);
