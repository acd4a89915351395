import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../lib/config/read-config.ts';
import { acknowledgedRules } from '../../lib/stacks/acknowledgements.ts';
import { addPlatform, addStacks } from '../../lib/stacks/platform.ts';
import { idlePriceUsd, pricedTypes } from '../support/idle-prices.ts';
import { ofType, synthesize } from '../support/synthesized.ts';

const NAME_PROPERTIES = [
  'AlarmName',
  'DashboardName',
  'FunctionName',
  'LogGroupName',
  'ManagedPolicyName',
  'QueueName',
  'RoleName',
  'TableName',
  'TopicName',
  'UserPoolName',
];

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  folders.push(outdir);
  const { context } = JSON.parse(
    readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
  ) as { context: Record<string, unknown> };
  return new App({
    outdir,
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
  });
}

describe.each(['config/dev.json', 'config/prod.json'])('%s', (file) => {
  it('passes the rule packs, and would not with one resource more', () => {
    const clean = newApp();
    addPlatform(clean, readConfig(file));
    const planted = newApp();
    const { gateway } = addPlatform(planted, readConfig(file));
    new Queue(gateway, 'Planted');

    expect(() => clean.synth()).not.toThrow();
    expect(() => planted.synth()).toThrow(/Planted/);
  });

  it('acknowledges nothing that no rule finds any more', async () => {
    const { platform, config } = synthesize(file);
    const packs = [new AwsSolutionsChecks(), new ServerlessChecks(), new NIST80053R5Checks()];
    const scopes = [platform.data, platform.gateway];
    const reports = await Promise.all(
      packs.flatMap((pack) => scopes.map((scope) => pack.validateScope(scope))),
    );
    const found = reports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));

    expect(found).toEqual(expect.arrayContaining([...acknowledgedRules(platform, config)]));
  });

  it('gives no resource a name of its own, but those on-call reads', () => {
    const { resources } = synthesize(file);
    const named = Object.values(resources).flatMap(({ Type, Properties = {} }) =>
      NAME_PROPERTIES.filter((name) => typeof Properties[name] === 'string').map(() => Type),
    );

    expect(new Set(named)).toEqual(
      new Set(['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard']),
    );
  });

  it('hides no behaviour in custom resources', () => {
    const { resources } = synthesize(file);
    const custom = Object.values(resources).filter(({ Type }) =>
      /^Custom::|CustomResource/.test(Type),
    );

    expect(custom).toEqual([]);
  });

  it('comes out the same twice, to the byte, wherever it is put', () => {
    const bytes = () => {
      const app = newApp();
      addStacks(app, readConfig(file));
      return app.synth().stacks.map((stack) => readFileSync(stack.templateFullPath, 'utf8'));
    };

    expect(bytes()).toEqual(bytes());
  });

  it('has a runbook for every alarm, and an alarm for every runbook', () => {
    const runbooks = readdirSync(new URL('../../docs/runbooks/', import.meta.url))
      .filter((name) => name.endsWith('.md') && name !== 'README.md')
      .map((name) => name.replace(/\.md$/, ''));
    const alarms = ofType(synthesize(file), 'AWS::CloudWatch::Alarm').map(([, alarm]) =>
      String(alarm.Properties?.['AlarmName']).replace(/^Ballast-/, ''),
    );

    expect(alarms.sort()).toEqual(runbooks.sort());
  });
});

describe('prod', () => {
  it('is refused without the firewall that only development may lack', () => {
    const open = newApp();
    addPlatform(open, { ...readConfig('config/prod.json'), firewall: false });

    expect(() => open.synth()).toThrow(/APIG3/);
  });
});

describe('idle dev', () => {
  it('costs less than a dollar a month, every type of resource priced', () => {
    const dev = synthesize('config/dev.json');
    const unpriced = Object.values(dev.resources).filter(({ Type }) => !pricedTypes.has(Type));

    expect(unpriced.map(({ Type }) => Type)).toEqual([]);
    expect(idlePriceUsd(Object.values(dev.resources))).toBeLessThanOrEqual(1);
    expect(ofType(dev, 'AWS::CloudWatch::Alarm').length).toBeLessThanOrEqual(10);
    expect(ofType(dev, 'AWS::CloudWatch::Dashboard').length).toBeLessThanOrEqual(3);
  });

  it('would be seen to cost more with what prod has', () => {
    const prod = synthesize('config/prod.json');

    expect(idlePriceUsd(Object.values(prod.resources))).toBeGreaterThan(5);
  });
});
