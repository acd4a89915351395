import { authorizerEnv } from './contract.ts';
import { createAuthorizerOnAws } from './wiring.ts';

export const handler = createAuthorizerOnAws(authorizerEnv.parse(process.env));
