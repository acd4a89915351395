import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MOST_FINDINGS,
  readCompletionItem,
  writeCompletionItem,
} from '#adapters/dynamodb/dynamodb-audit-log-completion.ts';
import { readIntentItem, writeIntentItem } from '#adapters/dynamodb/dynamodb-audit-log-intent.ts';
import {
  auditPartition,
  auditSortKey,
  readAuditKey,
} from '#adapters/dynamodb/dynamodb-audit-log-key.ts';
import type { AuditCompletion } from '#core/audit/audit-record.ts';
import {
  aCompletion,
  anId,
  anIntent,
  anyCompletion,
  anyIntent,
} from '../../../support/audit-samples.ts';
import { itemSize, writeUnits } from '../../../support/item-size.ts';
import { A_LETTER, AN_ANSWER } from '../../../support/ordinary-english.ts';

const nameOf = ({ id, tenantId }: { readonly id: string; readonly tenantId: string }) => ({
  id,
  tenantId,
});

/** Key, expiry and attributes, as the log puts them. */
const wholeItem = (half: 'intent' | 'completion', id: string, tenantId: string, item: object) => ({
  pk: { S: auditPartition(tenantId, id, 512) },
  sk: { S: auditSortKey(id, half) },
  ttl: { N: '1797588000' },
  ...item,
});

async function readBack(completion: AuditCompletion): Promise<AuditCompletion> {
  const item = await writeCompletionItem(completion);
  return readCompletionItem({ ...nameOf(completion), half: 'completion' }, item);
}

describe('the audit item codec', () => {
  it('reads every intent back as it was written', () => {
    fc.assert(
      fc.property(anyIntent, (intent) => {
        const name = { ...nameOf(intent), half: 'intent' as const };

        expect(readIntentItem(name, writeIntentItem(intent))).toEqual(intent);
      }),
    );
  });

  it('reads every completion back as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyCompletion, async (completion) => {
        expect(await readBack(completion)).toStrictEqual(completion);
      }),
    );
  });

  it('reads every key back, whatever the number of shards', () => {
    fc.assert(
      fc.property(anyIntent, fc.integer({ min: 1, max: 512 }), ({ tenantId, id }, shards) => {
        const partition = auditPartition(tenantId, id, shards);

        const name = readAuditKey(partition, auditSortKey(id, 'intent'));

        expect(name).toEqual({ tenantId, id, half: 'intent' });
      }),
    );
  });

  it('puts a record into the day of its id, in UTC', () => {
    expect(auditPartition('acme', anId(0, Date.UTC(2028, 1, 29, 23, 59, 59, 999)), 1)).toBe(
      'acme#2028-02-29#0',
    );
  });

  it.each([
    ['another sort', 'acme#2026-11-23#0', `${anId()}#draft`],
    ['another day', 'acme#2026-11-24#0', `${anId()}#intent`],
    ['no shard', 'acme#2026-11-23', `${anId()}#intent`],
    ['no id', 'acme#2026-11-23#0', 'x#intent'],
    ['more than an id', 'acme#2026-11-23#0', `${anId()}#intent#2`],
    ['no tenant', '#2026-11-23#0', `${anId()}#intent`],
  ])('refuses a key with %s by its name', (_what, partition, sort) => {
    expect(() => readAuditKey(partition, sort)).toThrow(
      `no audit item has the key '${partition}' '${sort}'`,
    );
  });

  it.each([
    ['an attribute too many', { z: { S: 'x' } }, 'z'],
    ['an unknown outcome', { oc: { S: 'secret' } }, 'oc'],
    ['an unknown failure', { f: { S: 'secret' } }, 'f'],
    ['a fraction', { c: { N: '1.5' } }, 'c'],
    ['a number past what is exact', { c: { N: '9007199254740993' } }, 'c'],
    ['another type', { r: { N: '1' } }, 'r'],
    ['broken JSON', { a: { S: '["secret' } }, 'a'],
    ['JSON of another shape', { u: { S: '["secret"]' } }, 'u.0'],
    ['bodies that do not inflate', { b: { B: Buffer.from('secret') } }, 'b'],
  ])('refuses %s, naming item and attribute but no value', async (_what, change, at) => {
    const item = { ...(await writeCompletionItem(aCompletion())), ...change };
    const read = () => readCompletionItem({ ...nameOf(aCompletion()), half: 'completion' }, item);

    expect(read).toThrow(`audit completion ${anId()} is malformed at ${at}`);
    expect(read).not.toThrow('secret');
  });

  it('refuses an item with an attribute missing', () => {
    const { h: _requestHash, ...item } = writeIntentItem(anIntent());

    expect(() => readIntentItem({ ...nameOf(anIntent()), half: 'intent' }, item)).toThrow(
      `audit intent ${anId()} is malformed at h`,
    );
  });

  it('replaces a lone surrogate, which DynamoDB would refuse', async () => {
    expect((await readBack(aCompletion({ route: 'cut-\uD83D' }))).route).toBe('cut-\uFFFD');
  });
});

describe('the size of audit items', () => {
  it('stays under a kilobyte for an intent with the longest names there can be', () => {
    const intent = anIntent({
      id: anId(0, 2 ** 47),
      tenantId: 't'.repeat(63),
      keyId: `client:${'c'.repeat(128)}`,
      startedAtMs: 2 ** 47,
      route: 'r'.repeat(128),
      maxAttempts: Number.MAX_SAFE_INTEGER,
      reserved: {
        requests: Number.MAX_SAFE_INTEGER,
        tokens: Number.MAX_SAFE_INTEGER,
        nanoUsd: Number.MAX_SAFE_INTEGER,
      },
      policyId: 'p'.repeat(128),
      clientRetry: Number.MAX_SAFE_INTEGER,
    });

    const item = wholeItem('intent', intent.id, intent.tenantId, writeIntentItem(intent));

    expect(itemSize(item)).toBeLessThan(1024);
  });

  it('is at most three write units for a 4 KB prompt and a 1 KB answer in ordinary English', async () => {
    const request = { model: 'chat-default', messages: [{ role: 'user', content: A_LETTER }] };
    const response = [{ index: 0, content: AN_ANSWER, finish_reason: 'stop' }];
    const completion = aCompletion({
      bodies: { request: JSON.stringify(request), response: JSON.stringify(response) },
    });

    const item = await writeCompletionItem(completion);

    expect(A_LETTER.length).toBeGreaterThan(3_900);
    expect(AN_ANSWER.length).toBeGreaterThan(950);
    expect(writeUnits(wholeItem('completion', completion.id, 'acme', item))).toBeLessThanOrEqual(3);
  });

  it('is one write unit for a completion without bodies', async () => {
    const item = await writeCompletionItem(aCompletion());

    expect(writeUnits(wholeItem('completion', anId(), 'acme', item))).toBe(1);
  });

  it('stays under 400 KB: bodies that do not fit are left out, and the record says so', async () => {
    const finding = {
      detector: 'aws-access-key',
      action: 'redact',
      location: 'choices[127].tool_calls[127].arguments',
      start: 10_000_000,
      end: 10_000_020,
    } as const;
    const findings = Array.from({ length: 100_000 }, () => finding);
    const noise = randomBytes(250_000).toString('base64');
    const large = aCompletion({
      input: { verdict: 'redact', findings },
      output: { verdict: 'redact', findings },
    });

    const fitting = await writeCompletionItem({ ...large, bodies: { request: noise } });
    const read = await readBack({ ...large, bodies: { request: noise + noise } });

    expect(itemSize(fitting)).toBeLessThan(400 * 1024);
    expect(fitting['b']).toBeDefined();
    expect(read.bodies).toBeUndefined();
    expect(read.truncated).toEqual(['bodies', 'findings']);
    expect(read.input?.findings).toHaveLength(MOST_FINDINGS);
    expect(read.requestHash).toBe(large.requestHash);
  });
});
