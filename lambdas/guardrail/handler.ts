import { serveDoor } from '#runtime/lambda-http.ts';
import { guardrailEnv } from './contract.ts';
import { wireGuardrail } from './wiring.ts';

export const handler = serveDoor(wireGuardrail(guardrailEnv.parse(process.env)));
