import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { Asset, StackToDeploy } from './assembly.ts';
import { ACCOUNT, type EmulatedAccount } from './start-moto.ts';

const run = promisify(execFile);

const TEMPLATE_BUCKET = `cdk-hnb659fds-assets-${ACCOUNT.id}-${ACCOUNT.region}`;
const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] as const;

/** One resource of a stack, as CloudFormation lists it. */
export interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** What `cdk bootstrap` and `cdk deploy` ask of an account, by CloudFormation's own API. */
export class Deployment {
  readonly #account: EmulatedAccount;
  readonly #client: CloudFormationClient;
  readonly #uploaded = new Set<string>();

  constructor(account: EmulatedAccount) {
    this.#account = account;
    this.#client = new CloudFormationClient({
      endpoint: account.endpoint,
      region: ACCOUNT.region,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
      maxAttempts: 1,
    });
  }

  /** The bucket and the version that every stack of the CDK looks for. */
  async bootstrap(): Promise<void> {
    await this.#account.call('s3', 'create_bucket', { Bucket: TEMPLATE_BUCKET });
    await this.#account.call('ssm', 'put_parameter', {
      Name: '/cdk-bootstrap/hnb659fds/version',
      Type: 'String',
      Value: '30',
    });
  }

  /**
   * Creates the stack, or updates it, with its assets uploaded first and its template by URL.
   *
   * @returns the status it ends in.
   * @throws Error with the last reason given when it does not end in a complete one.
   */
  async deploy(stack: StackToDeploy): Promise<string> {
    for (const asset of stack.assets) await this.#upload(asset);
    const input = {
      StackName: stack.name,
      TemplateURL: await this.#uploadTemplate(stack),
      Capabilities: [...CAPABILITIES],
    };
    const before = await this.status(stack.name);
    await this.#client.send(
      before === undefined ? new CreateStackCommand(input) : new UpdateStackCommand(input),
    );
    const status = await this.status(stack.name);
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return status;
    throw new Error(`'${stack.name}' ended in ${status}: ${await this.#lastReason(stack.name)}`);
  }

  async delete(name: string): Promise<void> {
    await this.#client.send(new DeleteStackCommand({ StackName: name }));
  }

  /** @returns nothing for a stack that is not there, or no more. */
  async status(name: string): Promise<string | undefined> {
    const { Stacks = [] } = await this.#client.send(new DescribeStacksCommand({}));
    return Stacks.find((stack) => stack.StackName === name)?.StackStatus;
  }

  async outputs(name: string): Promise<Readonly<Record<string, string>>> {
    const { Stacks = [] } = await this.#client.send(new DescribeStacksCommand({ StackName: name }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  }

  async resources(name: string): Promise<readonly DeployedResource[]> {
    const found: DeployedResource[] = [];
    for await (const page of paginateListStackResources(
      { client: this.#client },
      { StackName: name },
    )) {
      for (const it of page.StackResourceSummaries ?? []) {
        // Of a type that it does not know, moto lists a resource without a name.
        if (it.LogicalResourceId === undefined || it.LogicalResourceId === '') continue;
        found.push({
          logicalId: it.LogicalResourceId,
          type: it.ResourceType ?? '',
          physicalId: it.PhysicalResourceId ?? '',
        });
      }
    }
    return found;
  }

  close(): void {
    this.#client.destroy();
  }

  async #lastReason(name: string): Promise<string> {
    for await (const page of paginateDescribeStackEvents(
      { client: this.#client },
      { StackName: name },
    )) {
      const reason = page.StackEvents?.find(({ ResourceStatusReason: said }) => said !== undefined);
      if (reason !== undefined)
        return `${reason.LogicalResourceId}: ${reason.ResourceStatusReason}`;
    }
    return 'no reason given';
  }

  /** By URL, as the CDK does: with the API inside, the text is longer than a call may carry. */
  async #uploadTemplate({ name, template }: StackToDeploy): Promise<string> {
    const Body = JSON.stringify(template);
    const Key = `${name}-${createHash('sha256').update(Body).digest('hex')}.json`;
    await this.#account.call('s3', 'put_object', { Bucket: TEMPLATE_BUCKET, Key, Body });
    return `https://s3.amazonaws.com/${TEMPLATE_BUCKET}/${Key}`;
  }

  async #upload({ path, folder, key }: Asset): Promise<void> {
    if (this.#uploaded.has(key)) return;
    const temporary = await mkdtemp(join(tmpdir(), 'asset-'));
    const file = folder ? join(temporary, 'asset.zip') : path;
    try {
      if (folder) {
        const python = join(this.#account.programs, 'python');
        await run(python, ['-m', 'zipfile', '-c', file, '.'], { cwd: path });
      }
      await this.#account.call('s3', 'upload_file', {
        Filename: file,
        Bucket: TEMPLATE_BUCKET,
        Key: key,
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    this.#uploaded.add(key);
  }
}
