import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import {
  guardrailPolicySchema,
  type PlatformFile,
  priceFileSchema,
} from '../../lambdas/platform/contract.ts';

const CONFIG = new URL('../../config/', import.meta.url);

/** The guardrail policies and prices that deployments use, too. */
export const bundledPlatform = (): Pick<PlatformFile, 'guardrailPolicies' | 'prices'> => ({
  guardrailPolicies: read('guardrail-policies.json', v.array(guardrailPolicySchema)),
  prices: read('prices.json', priceFileSchema),
});

function read<S extends v.GenericSchema>(file: string, schema: S): v.InferOutput<S> {
  return v.parse(schema, JSON.parse(readFileSync(new URL(file, CONFIG), 'utf8')));
}
