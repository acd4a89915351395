import { serveDoor } from '#runtime/lambda-http.ts';
import { guardrailEnv } from './contract.ts';
import { createGuardrailOnAws } from './wiring.ts';

export const handler = serveDoor(createGuardrailOnAws(guardrailEnv.parse(process.env)));
