import { Option } from 'commander';
import type { CliContext, Noun } from '../command.ts';
import {
  addKeyLimitOptions,
  collect,
  definedMembers,
  type LimitOptions,
  limitsBody,
} from '../options.ts';
import { fields, table } from '../output.ts';
import { limitsText, pathOf } from './tenants.ts';

const SCOPES = ['inference', 'audit', 'admin'];

interface KeyOptions extends LimitOptions {
  readonly name?: string;
  readonly scope?: readonly string[];
  readonly expiresAt?: string;
}

/** Credentials of a tenant: `ballast keys …`. */
export const addKeys: Noun = (program, context) => {
  const keys = program.command('keys').description('credentials of a tenant');
  keys
    .command('list <tenant>')
    .description('every key of a tenant, revoked ones too; secrets are kept nowhere')
    .action((tenant: string) => list(context, tenant));
  addKeyLimitOptions(keys.command('create <tenant>'))
    .description('a new key; its secret is shown once')
    .option('--name <name>', 'what it is for')
    .addOption(
      new Option(
        '--scope <scope>',
        `${SCOPES.join(', ')}; repeat for more (default: inference)`,
      ).argParser(collect),
    )
    .option('--expires-at <time>', 'such as 2027-01-31T00:00:00Z (default: never)')
    .action((tenant: string, options: KeyOptions) => create(context, tenant, options));
  keys
    .command('revoke <tenant> <key>')
    .description('refuses the key for good, within 30 seconds')
    .action(async (tenant: string, key: string) => {
      const path = `${pathOf(tenant)}/keys/${encodeURIComponent(key)}`;
      const revoked = await context.api().request('DELETE', path);
      context.output().result(revoked, `key ${key} of tenant ${tenant} is revoked`);
    });
};

async function list(context: CliContext, tenant: string): Promise<void> {
  const data = await context.api().list(`${pathOf(tenant)}/keys`);
  const rows = data.map((key) => [
    String(key['id']),
    String(key['name']),
    String(key['status']),
    (key['scopes'] as readonly string[]).join(' '),
    limitsText(key['limits']),
    key['expires_at'] as string | null,
  ]);
  context
    .output()
    .result(
      { object: 'list', data },
      table(['KEY', 'NAME', 'STATUS', 'SCOPES', 'LIMITS', 'EXPIRES'], rows),
    );
}

async function create(context: CliContext, tenant: string, options: KeyOptions): Promise<void> {
  const scopes = options.scope?.map((scope) =>
    scope.startsWith('ballast/') ? scope : `ballast/${scope}`,
  );
  const body = {
    ...definedMembers({ name: options.name, scopes, expires_at: options.expiresAt }),
    ...limitsBody(options),
  };
  const created = await context.api().request('POST', `${pathOf(tenant)}/keys`, { body });
  const { object: _, secret, ...key } = created;
  context
    .output()
    .result(
      created,
      `${fields(key)}\n\nsecret  ${secret}\n\nKeep it now: it cannot be shown again.`,
    );
}
