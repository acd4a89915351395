import type { Noun } from './command.ts';
import { addAudit } from './commands/audit.ts';
import { addBootstrap } from './commands/bootstrap.ts';
import { addKeys } from './commands/keys.ts';
import { addRoutes } from './commands/routes.ts';
import { addTenants } from './commands/tenants.ts';
import { addUsage } from './commands/usage.ts';

/** Every noun, in the order `--help` lists them. */
export const nouns: readonly Noun[] = [
  addBootstrap,
  addTenants,
  addKeys,
  addRoutes,
  addUsage,
  addAudit,
];
