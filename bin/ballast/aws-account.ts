import type { TenantRegistry } from '#core/identity/tenant-directory.ts';
import { CliError } from './cli-error.ts';

/** What a command needs of the caller's AWS account. */
export interface AwsAccount {
  /**
   * Outputs of the stack, or where it lacks a control table, of every stack whose name begins with
   * `<stack>-` as well: a platform is several stacks.
   */
  stackOutputs(stack: string): Promise<Readonly<Record<string, string>>>;
  tenantRegistry(tableName: string): TenantRegistry;
}

interface StackDescription {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Loads the AWS SDK, which only this needs. */
export async function openAwsAccount(region: string | undefined): Promise<AwsAccount> {
  // The SDK's advice to upgrade Node would stand before the one JSON document on standard error.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const [{ CloudFormationClient, paginateDescribeStacks }, { DynamoDBClient }, registries] =
    await Promise.all([
      import('@aws-sdk/client-cloudformation'),
      import('@aws-sdk/client-dynamodb'),
      import('#adapters/dynamodb/dynamodb-tenant-registry.ts'),
    ]);
  const config = region === undefined ? {} : { region };
  const client = new CloudFormationClient(config);

  async function describe(stackName?: string): Promise<readonly StackDescription[]> {
    const stacks: StackDescription[] = [];
    const input = stackName === undefined ? {} : { StackName: stackName };
    for await (const { Stacks } of paginateDescribeStacks({ client }, input)) {
      for (const { StackName = '', Outputs = [] } of Stacks ?? []) {
        const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [
          OutputKey,
          OutputValue,
        ]);
        stacks.push({ name: StackName, outputs: Object.fromEntries(outputs) });
      }
    }
    return stacks;
  }

  return {
    stackOutputs: (stack) => platformOutputs(stack, describe),
    tenantRegistry: (tableName) =>
      new registries.DynamodbTenantRegistry({ client: new DynamoDBClient(config), tableName }),
  };
}

/** Asks for the one stack first: permission to see a single stack is often all there is. */
async function platformOutputs(
  stack: string,
  describe: (stackName?: string) => Promise<readonly StackDescription[]>,
): Promise<Readonly<Record<string, string>>> {
  const [named] = await describe(stack).catch(absent);
  if (named?.outputs['ControlTableName'] !== undefined) return named.outputs;
  const family = (await describe()).filter(({ name }) => name.startsWith(`${stack}-`));
  if (named === undefined && family.length === 0) {
    throw new CliError(
      'no_such_stack',
      `no stack is named '${stack}' or begins with '${stack}-' in this account and region; give --region, or deploy first`,
    );
  }
  return Object.assign({}, ...family.map(({ outputs }) => outputs), named?.outputs);
}

/** CloudFormation has no error of its own for a stack that is not there. */
function absent(thrown: unknown): readonly StackDescription[] {
  const { name, message } = Object(thrown) as { readonly name?: string; readonly message?: string };
  if (name === 'ValidationError' && message?.includes('does not exist')) return [];
  throw thrown;
}

/** What went wrong with AWS, in words that say what to do. */
export function awsFailure(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const { name = 'Error', message = '' } = Object(thrown) as { name?: string; message?: string };
  if (name === 'CredentialsProviderError') {
    return new CliError(
      'no_aws_credentials',
      'no AWS credentials; set AWS_PROFILE, or log in with `aws sso login`',
      { cause: thrown },
    );
  }
  if (message.includes('Region is missing')) {
    return new CliError('no_aws_region', 'no AWS region; give --region or set AWS_REGION', {
      cause: thrown,
    });
  }
  return new CliError('aws_error', `AWS said ${name}: ${message}`, { cause: thrown });
}
