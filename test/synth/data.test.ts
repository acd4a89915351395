import { describe, expect, it } from 'vitest';
import { ofType, synthesize } from '../support/synthesized.ts';

const dev = synthesize('config/dev.json');
const prod = synthesize('config/prod.json');

describe('what holds state', () => {
  it('keeps its logical ids: another id is another table, and an empty one', () => {
    const stateful = [
      'AWS::DynamoDB::Table',
      'AWS::SQS::Queue',
      'AWS::KMS::Key',
      'AWS::Cognito::UserPool',
    ];

    expect(stateful.flatMap((type) => ofType(prod, type).map(([id]) => id))).toMatchInlineSnapshot(`
      [
        "TablesQuota720200F8",
        "TablesAuditCEFF9E0F",
        "TablesControlDF2E6BDD",
        "Spill724156DC",
        "Key961B73FD",
        "IdentityUsers61009EFD",
      ]
    `);
  });

  it.each(ofType(dev, 'AWS::DynamoDB::Table'))(
    '%s is on demand, recoverable and expires items',
    (_id, table) => {
      expect(table.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      });
      expect(table.Properties?.['SSESpecification']).toEqual({ SSEEnabled: false });
      expect(table.DeletionPolicy).toBe('Delete');
    },
  );

  it.each(ofType(prod, 'AWS::DynamoDB::Table'))(
    '%s is kept, protected and under our key in prod',
    (_id, table) => {
      expect(table.DeletionPolicy).toBe('Retain');
      expect(table.Properties).toMatchObject({
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      });
    },
  );

  it('streams the audit table, and no other', () => {
    const streaming = ofType(dev, 'AWS::DynamoDB::Table').filter(
      ([, table]) => table.Properties?.['StreamSpecification'] !== undefined,
    );

    expect(streaming).toHaveLength(1);
    expect(streaming[0]?.[0]).toMatch(/Audit/);
  });

  it('cannot be taken from under the stack that uses it', () => {
    const text = JSON.stringify(dev.gateway.toJSON());

    expect(text).toContain('Fn::ImportValue');
    expect(text).not.toContain('Fn::GetStackOutput');
  });

  it('is protected from deletion of its stack in prod', () => {
    expect(prod.platform.data.terminationProtection).toBe(true);
    expect(dev.platform.data.terminationProtection).toBe(false);
  });
});
