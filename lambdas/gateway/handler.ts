import { serveDoor } from '#runtime/lambda-http.ts';
import { gatewayEnv } from './contract.ts';
import { wireGateway } from './wiring.ts';

export const handler = serveDoor(await wireGateway(gatewayEnv.parse(process.env)));
