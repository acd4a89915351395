import { fileURLToPath } from 'node:url';
import { authorizerEnv } from '../../../lambdas/authorizer/contract.ts';
import { gatewayEnv } from '../../../lambdas/gateway/contract.ts';
import { governanceEnv } from '../../../lambdas/governance/contract.ts';
import { guardrailEnv } from '../../../lambdas/guardrail/contract.ts';
import type { PlatformFile } from '../../../lambdas/platform/contract.ts';
import { portalEnv, portalFiles } from '../../../lambdas/portal/contract.ts';
import { reconcilerEnv } from '../../../lambdas/reconciler/contract.ts';
import { readConfig } from '../../../lib/config/read-config.ts';
import type { ShippedFile } from '../../../lib/function/bundle.ts';

export interface DeployedDoor {
  /** Folder under `lambdas/`. */
  readonly door: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, ShippedFile>>;
}

const DEV = fileURLToPath(new URL('../../../config/dev.json', import.meta.url));
const PLATFORM_FILE = 'platform.json';
const SPILL_QUEUE_URL = 'https://sqs.eu-central-1.amazonaws.com/000000000000/spill';
const tables = {
  QUOTA_TABLE_NAME: 'quota',
  AUDIT_TABLE_NAME: 'audit',
  CONTROL_TABLE_NAME: 'control',
};
const common = { ...tables, SPILL_QUEUE_URL, PLATFORM_FILE, ALLOWED_ORIGINS: '' };

/** What the `dev` profile ships beside the code. */
export function devPlatform(): PlatformFile {
  const { routes, guardrailPolicies, prices, providers } = readConfig(DEV);
  return { routes, guardrailPolicies, prices, providers };
}

/** What the `dev` profile gives the gateway function. */
export const devMemoryMb = (): number => readConfig(DEV).gatewayMemoryMb;

export const gatewayWith = (platform: PlatformFile): DeployedDoor => ({
  door: 'gateway',
  environment: gatewayEnv.toLambda(common),
  files: { [PLATFORM_FILE]: { text: JSON.stringify(platform) } },
});

/** Every door but the gateway, as the `dev` profile deploys it. */
export function otherDoors(platform: PlatformFile): readonly DeployedDoor[] {
  const files = { [PLATFORM_FILE]: { text: JSON.stringify(platform) } };
  return [
    {
      door: 'authorizer',
      environment: authorizerEnv.toLambda({
        ...tables,
        ISSUER: 'https://issuer.example',
        AUDIENCES: ['ballast'],
        TENANT_CLAIM: '',
        SCOPE_PREFIX: 'ballast/',
      }),
    },
    { door: 'guardrail', environment: guardrailEnv.toLambda(common), files },
    { door: 'governance', environment: governanceEnv.toLambda(common), files },
    { door: 'portal', environment: portalEnv.toLambda(common), files: portalFiles },
    { door: 'reconciler', environment: reconcilerEnv.toLambda(common) },
  ];
}
