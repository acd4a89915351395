import { serveScheduled } from '#runtime/scheduled.ts';
import { reconcilerEnv } from './contract.ts';
import { wireReconciler } from './wiring.ts';

export const handler = serveScheduled(wireReconciler(reconcilerEnv.parse(process.env)));
