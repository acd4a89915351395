import { serveDoor } from '#runtime/lambda-http.ts';
import { governanceEnv } from './contract.ts';
import { wireGovernance } from './wiring.ts';

export const handler = serveDoor(wireGovernance(governanceEnv.parse(process.env)));
