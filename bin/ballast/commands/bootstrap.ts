import { createHash, randomBytes } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import { type AwsAccount, awsFailure } from '../aws-account.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, Noun } from '../command.ts';
import { createFirstAdmin, type FirstAdmin } from '../first-admin.ts';

interface BootstrapOptions {
  readonly stack: string;
  readonly region?: string;
  readonly tenant: string;
  readonly force?: boolean;
}

const HELP = `
Writes with your AWS credentials straight into the platform's control table, found by the stack's
outputs, because nobody may call the admin API yet. The local platform needs none of this: it is
seeded with the keys that \`npm start\` prints.

Example:
  $ ballast bootstrap --stack ballast-dev --region eu-central-1`;

/** The first administrator of a deployed platform: `ballast bootstrap`. */
export const addBootstrap: Noun = (program, context) => {
  program
    .command('bootstrap')
    .description('makes the first tenant and its keys on a deployed platform, with AWS credentials')
    .requiredOption('--stack <name>', 'the CloudFormation stack, or the prefix of its stacks')
    .option('--region <region>', 'default: what the AWS SDK finds')
    .option('--tenant <id>', 'the tenant to make', tenantId, 'operator')
    .option('--force', "revoke the tenant's admin keys and make a new one")
    .addHelpText('after', HELP)
    .action(async (options: BootstrapOptions) => {
      try {
        await bootstrap(context, options);
      } catch (thrown) {
        throw awsFailure(thrown);
      }
    });
};

function tenantId(text: string): string {
  if (/^[a-z0-9-]{1,63}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 1 to 63 lower-case letters, digits and dashes.');
}

async function bootstrap(context: CliContext, options: BootstrapOptions): Promise<void> {
  const aws = await context.host.openAws(options.region);
  const { tableName, apiUrl } = await findPlatform(options.stack, aws);
  const made = await createFirstAdmin(
    {
      tenantId: options.tenant,
      force: options.force ?? false,
      createdAt: new Date().toISOString(),
    },
    aws.tenantRegistry(tableName),
    { randomBytes, sha256: (text) => createHash('sha256').update(text).digest('hex') },
  );
  const document = {
    object: 'bootstrap',
    tenant: options.tenant,
    url: apiUrl ?? null,
    keys: {
      admin: { id: made.admin.key.id, secret: made.admin.secret },
      first: { id: made.first.key.id, secret: made.first.secret },
    },
    revoked: made.revoked,
  };
  context.output().result(document, summary(options.tenant, apiUrl, made));
}

async function findPlatform(
  stack: string,
  aws: AwsAccount,
): Promise<{ readonly tableName: string; readonly apiUrl: string | undefined }> {
  const outputs = await aws.stackOutputs(stack);
  const tableName = outputs['ControlTableName'];
  if (tableName !== undefined) return { tableName, apiUrl: outputs['ApiUrl'] };
  const found = Object.keys(outputs).join(', ') || 'no outputs';
  throw new CliError(
    'not_a_platform',
    `stack '${stack}' has no output ControlTableName (it has ${found}); is it a Ballast stack of this region`,
  );
}

function summary(tenant: string, apiUrl: string | undefined, made: FirstAdmin): string {
  const lines = [
    `tenant     ${tenant}`,
    `admin key  ${made.admin.secret}`,
    `first key  ${made.first.secret}  (inference and audit)`,
    ...(made.revoked.length === 0 ? [] : [`revoked    ${made.revoked.join(', ')}`]),
    '',
    'Keep them now: they cannot be shown again.',
  ];
  if (apiUrl !== undefined) {
    lines.push(
      '',
      `Next: BALLAST_URL=${apiUrl} BALLAST_API_KEY=<admin key> npx ballast tenants list`,
    );
  }
  return lines.join('\n');
}
