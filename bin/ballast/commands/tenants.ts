import { type Command, Option } from 'commander';
import type { ApiObject } from '../api-client.ts';
import type { CliContext, Noun } from '../command.ts';
import {
  addTenantLimitOptions,
  collect,
  definedMembers,
  type LimitOptions,
  limitsBody,
  wholeNumber,
} from '../options.ts';
import { fields, table } from '../output.ts';

const TENANTS = 'admin/v1/tenants';

interface TenantOptions extends LimitOptions {
  readonly name?: string;
  readonly route?: readonly string[];
  readonly guardrailPolicy?: string;
  readonly bodies?: string;
  readonly status?: string;
  readonly ifVersion?: number;
}

/** Who pays: `ballast tenants …`. */
export const addTenants: Noun = (program, context) => {
  const tenants = program.command('tenants').description('who pays, and what they may use');
  tenants
    .command('list')
    .description('every tenant')
    .action(() => list(context));
  tenants
    .command('show <tenant>')
    .description('one tenant with its limits')
    .action(async (tenant: string) => {
      showTenant(context, await context.api().request('GET', pathOf(tenant)));
    });
  addTenantOptions(tenants.command('create <tenant>'))
    .description('a new tenant; without limits it may use what it wants')
    .action(async (id: string, options: TenantOptions) => {
      const body = { id, ...bodyOf(options) };
      showTenant(context, await context.api().request('POST', TENANTS, { body }));
    });
  addTenantOptions(tenants.command('update <tenant>'))
    .description('changes what is given and leaves the rest')
    .addOption(new Option('--status <status>').choices(['active', 'suspended']))
    .option('--if-version <n>', 'only if the tenant is still at this version', wholeNumber)
    .action((tenant: string, options: TenantOptions, command: Command) =>
      update(context, tenant, options, command),
    );
  tenants
    .command('suspend <tenant>')
    .description('refuses its requests; nothing is deleted, `update --status active` undoes it')
    .action(async (tenant: string) => {
      showTenant(context, await context.api().request('DELETE', pathOf(tenant)));
    });
};

export const pathOf = (tenant: string): string => `${TENANTS}/${encodeURIComponent(tenant)}`;

const addTenantOptions = (command: Command): Command =>
  addTenantLimitOptions(command)
    .option('--name <name>', 'what people call it')
    .option('--route <route>', "a route it may call; repeat for more, 'all' for all", collect)
    .option('--guardrail-policy <policy>', "'route' for each route's own")
    .addOption(
      new Option('--bodies <retention>', 'what audit records keep of bodies').choices([
        'full',
        'redacted',
        'hash-only',
      ]),
    );

function bodyOf(options: TenantOptions): object {
  const { name, status, bodies, route, guardrailPolicy } = options;
  return {
    ...definedMembers({
      name,
      status,
      bodies,
      routes: route?.includes('all') ? null : route,
      guardrail_policy: guardrailPolicy === 'route' ? null : guardrailPolicy,
    }),
    ...limitsBody(options),
  };
}

async function list(context: CliContext): Promise<void> {
  const data = await context.api().list(TENANTS);
  const rows = data.map((tenant) => [
    String(tenant['id']),
    String(tenant['name']),
    String(tenant['status']),
    limitsText(tenant['limits']),
  ]);
  context
    .output()
    .result({ object: 'list', data }, table(['TENANT', 'NAME', 'STATUS', 'LIMITS'], rows));
}

async function update(
  context: CliContext,
  tenant: string,
  options: TenantOptions,
  command: Command,
): Promise<void> {
  const change = bodyOf(options);
  if (Object.keys(change).length === 0) {
    command.error('error: nothing to change; give at least one option, see --help');
  }
  const api = context.api();
  const version = options.ifVersion ?? (await api.request('GET', pathOf(tenant)))['version'];
  const body = { ...change, version };
  showTenant(context, await api.request('PATCH', pathOf(tenant), { body }));
}

function showTenant(context: CliContext, tenant: ApiObject): void {
  const { object: _, ...members } = tenant;
  context.output().result(tenant, fields(members));
}

/** The limits that are set, on one line. */
export function limitsText(limits: unknown): string {
  const set = Object.entries(Object(limits)).filter(([, limit]) => limit !== null);
  return set.map(([name, limit]) => `${name}=${limit}`).join(' ') || 'none';
}
