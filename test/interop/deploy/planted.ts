import { describe, expect, it } from 'vitest';
import type { CfnResource, StackToDeploy } from './assembly.ts';
import { deployPlatform } from './deploy-platform.ts';
import { Deployment } from './deployment.ts';
import { findingsOf } from './findings.ts';
import { startMoto } from './start-moto.ts';
import { unexplained } from './unsupported.ts';

type Properties = Record<string, unknown>;

interface Plant {
  readonly what: string;
  /** The resource, by how its logical id begins. */
  readonly at: string;
  readonly type: string;
  readonly harm: (properties: Properties) => Properties;
  readonly finding: RegExp;
}

const without = (properties: Properties, name: string): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([it]) => it !== name));

const plants: readonly Plant[] = [
  {
    what: 'a table without its sort key',
    at: 'TablesQuota',
    type: 'AWS::DynamoDB::Table',
    harm: (table) => ({
      ...table,
      KeySchema: (table['KeySchema'] as unknown[]).slice(0, 1),
      AttributeDefinitions: (table['AttributeDefinitions'] as unknown[]).slice(0, 1),
    }),
    finding: /^the key of quota is \[\{"AttributeName":"pk","KeyType":"HASH"\}\]/,
  },
  {
    what: 'a table without its stream',
    at: 'TablesAudit',
    type: 'AWS::DynamoDB::Table',
    harm: (table) => without(table, 'StreamSpecification'),
    finding: /^the stream of audit is undefined/,
  },
  {
    what: 'a method without its authorizer',
    at: 'GatewayApiv1chatcompletionsPOST',
    type: 'AWS::ApiGateway::Method',
    harm: (method) => ({ ...method, AuthorizationType: 'NONE' }),
    finding: /^POST \/v1\/chat\/completions: authorization is "NONE"/,
  },
  {
    what: 'a role without its last statement',
    at: 'DoorsGuardrailPolicy',
    type: 'AWS::IAM::ManagedPolicy',
    harm: (policy) => {
      const document = policy['PolicyDocument'] as { readonly Statement: readonly unknown[] };
      return {
        ...policy,
        PolicyDocument: { ...document, Statement: document.Statement.slice(0, -1) },
      };
    },
    finding: /^queues that Guardrail may touch is \[\]/,
  },
  {
    what: 'a function on another runtime',
    at: 'DoorsPortalFunction',
    type: 'AWS::Lambda::Function',
    harm: (fn) => ({ ...fn, Runtime: 'nodejs20.x' }),
    finding: /^the runtime of Portal is "nodejs20.x"/,
  },
];

/** Harms done to the templates are found, one finding each, and nothing besides. */
export function describePlanted(stacks: readonly StackToDeploy[]): void {
  describe('harm done to a template', () => {
    it('is found after deployment, all of it and nothing besides', async () => {
      const account = await startMoto();
      const deployment = new Deployment(account);
      try {
        await deployment.bootstrap();
        const harmed = stacks.map(harm);
        const platform = await deployPlatform(account, deployment, 'config/dev.json', harmed);

        const found = unexplained(await findingsOf(platform));

        for (const { what, finding } of plants) {
          expect(
            found.filter((it) => finding.test(it)),
            what,
          ).toHaveLength(1);
        }
        expect(found).toHaveLength(plants.length);
      } finally {
        deployment.close();
        await account.close();
      }
    });
  });
}

function harm(stack: StackToDeploy): StackToDeploy {
  const resources = Object.entries(stack.template.Resources).map(
    ([id, resource]): [string, CfnResource] => {
      const plant = plants.find(({ at, type }) => resource.Type === type && id.startsWith(at));
      if (plant === undefined) return [id, resource];
      return [id, { ...resource, Properties: plant.harm(resource.Properties ?? {}) }];
    },
  );
  return { ...stack, template: { ...stack.template, Resources: Object.fromEntries(resources) } };
}
