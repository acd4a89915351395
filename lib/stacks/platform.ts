import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import type { PlatformConfig } from '../config/platform-config.ts';
import { acknowledge } from './acknowledgements.ts';
import { DataStack } from './data-stack.ts';
import { GatewayStack } from './gateway-stack.ts';

export interface Platform {
  readonly data: DataStack;
  readonly gateway: GatewayStack;
}

/** The stacks of one deployment; `ballast bootstrap --stack <name>` finds them by what they share. */
export function addStacks(app: App, config: PlatformConfig): Platform {
  const data = new DataStack(app, `${config.name}-Data`, {
    config,
    description: 'Ballast: tables and queues, which outlive every deployment',
  });
  const gateway = new GatewayStack(app, `${config.name}-Gateway`, {
    config,
    data,
    description: 'Ballast: the governed API in front of language models',
  });
  return { data, gateway };
}

/** The stacks, with the rule packs that every profile must pass. */
export function addPlatform(app: App, config: PlatformConfig): Platform {
  const platform = addStacks(app, config);
  const validations = Validations.of(app);
  validations.addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  // A profile that keeps its data is one that auditors look at.
  if (config.retainData) validations.addPlugins(new NIST80053R5Checks(app));
  acknowledge(platform, config);
  return platform;
}
