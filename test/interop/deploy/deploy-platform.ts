import { readConfig } from '../../../lib/config/read-config.ts';
import type { StackToDeploy } from './assembly.ts';
import type { Deployment } from './deployment.ts';
import type { Deployed } from './findings.ts';
import type { EmulatedAccount } from './start-moto.ts';
import { withoutUnsupported } from './without-unsupported.ts';

/** The resources that the stack's template means and its list does not have. */
export interface DeployedPlatform extends Deployed {
  readonly missing: readonly string[];
  readonly statuses: readonly string[];
}

/** Deploys, or deploys anew, the data stack and then the gateway's. */
export async function deployPlatform(
  account: EmulatedAccount,
  deployment: Deployment,
  file: string,
  stacks: readonly StackToDeploy[],
): Promise<DeployedPlatform> {
  const statuses: string[] = [];
  const missing: string[] = [];
  const resources = [];
  let outputs = {};
  for (const stack of stacks) {
    const template = withoutUnsupported(stack.template);
    statuses.push(await deployment.deploy({ ...stack, template }));
    const listed = await deployment.resources(stack.name);
    const ids = new Set(listed.map(({ logicalId }) => logicalId));
    missing.push(...Object.keys(template.Resources).filter((id) => !ids.has(id)));
    resources.push(...listed);
    outputs = { ...outputs, ...(await deployment.outputs(stack.name)) };
  }
  return { account, config: readConfig(file), outputs, resources, missing, statuses };
}
