import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import type { Key, Tenant } from '#core/identity/caller.ts';
import type { Page, TenantRegistry } from '#core/identity/tenant-directory.ts';
import { sha256 } from '#runtime/host.ts';
import { type Dynalite, startDynalite } from '../support/dynalite.ts';
import { MemoryTenantRegistry } from '../support/memory-tenant-registry.ts';

const aTenant = (id: string, changes: Partial<Tenant> = {}): Tenant => ({
  id,
  name: 'Bäckerei am Hafen',
  status: 'active',
  limits: { requestsPerMinute: 5, tokensPerDay: 0, nanoUsdPerMonth: 9_000_000_000_000 },
  routes: ['chat-default'],
  guardrailPolicy: 'strict',
  bodies: 'redacted',
  version: 0,
  ...changes,
});

const aKey = (tenantId: string, id: string, changes: Partial<Key> = {}): Key => ({
  id,
  tenantId,
  name: 'till',
  hash: sha256(`${tenantId}/${id}`),
  status: 'active',
  scopes: ['ballast/inference', 'ballast/audit'],
  limits: { tokensPerMinute: 100 },
  createdAt: '2026-11-23T10:00:00.000Z',
  expiresAt: '2027-11-23T10:00:00.000Z',
  version: 0,
  ...changes,
});

/** Every item of a listing, page by page, and how many pages there were. */
async function allOf<T>(list: (page?: string) => Promise<Page<T>>) {
  const items: T[] = [];
  let pages = 0;
  let next: string | undefined;
  do {
    const page = await list(next);
    items.push(...page.items);
    pages += 1;
    next = page.next;
  } while (next !== undefined);
  return { items, pages };
}

/** What every tenant registry promises. Each has three items on a page. */
function describeTenantRegistry(name: string, create: () => TenantRegistry): void {
  describe(`tenant registry: ${name}`, () => {
    it('stores a tenant and gives it back, one version on', async () => {
      const registry = create();
      const tenant = aTenant('stored');

      expect(await registry.putTenant(tenant)).toBe(true);

      expect(await registry.tenant('stored')).toEqual({ ...tenant, version: 1 });
    });

    it('stores only over the version that was read', async () => {
      const registry = create();
      await registry.putTenant(aTenant('versioned'));

      const again = await registry.putTenant(aTenant('versioned', { name: 'again' }));
      const stale = await registry.putTenant(aTenant('versioned', { name: 'stale', version: 2 }));
      const next = await registry.putTenant(aTenant('versioned', { name: 'next', version: 1 }));

      expect([again, stale, next]).toEqual([false, false, true]);
      expect(await registry.tenant('versioned')).toMatchObject({ name: 'next', version: 2 });
    });

    it('lets one of many concurrent changes through', async () => {
      const registry = create();
      await registry.putTenant(aTenant('contended'));

      const changes = await Promise.all(
        Array.from({ length: 10 }, () => registry.putTenant(aTenant('contended', { version: 1 }))),
      );

      expect(changes.filter(Boolean)).toHaveLength(1);
    });

    it('finds a key by its hash, and revokes it', async () => {
      const registry = create();
      const key = aKey('revoker', 'key000000001');
      await registry.putKey(key);

      const revoked = await registry.putKey({ ...key, status: 'revoked', version: 1 });

      expect(revoked).toBe(true);
      expect(await registry.keyByHash(key.hash)).toEqual({ ...key, status: 'revoked', version: 2 });
      expect((await registry.keys('revoker')).items).toMatchObject([{ status: 'revoked' }]);
    });

    it('does not store a second key under an id that is taken', async () => {
      const registry = create();
      const key = aKey('twice', 'key000000001');
      await registry.putKey(key);

      expect(await registry.putKey(key)).toBe(false);
      expect(await registry.putKey({ ...key, hash: sha256('other') })).toBe(false);
      expect(await registry.keyByHash(sha256('other'))).toBeUndefined();
    });

    it('lists everything once, page by page, with no empty last page', async () => {
      const registry = create();
      const ids = ['key-a', 'key-b', 'key-c', 'key-d', 'key-e', 'key-f'];
      for (const id of ids) await registry.putKey(aKey('lister', id));
      await registry.putKey(aKey('neighbour', 'key-z'));

      const { items, pages } = await allOf((page) => registry.keys('lister', page));

      expect(items.map(({ id }) => id).sort()).toEqual(ids);
      expect(pages).toBe(2);
      expect(items[0]).toEqual({ ...aKey('lister', items[0]?.id ?? ''), version: 1 });
    });

    it('lists tenants', async () => {
      const registry = create();
      for (const id of ['list-a', 'list-b', 'list-c', 'list-d']) {
        await registry.putTenant(aTenant(id));
      }

      const { items } = await allOf((page) => registry.tenants(page));

      const listed = items.map(({ id }) => id).filter((id) => id.startsWith('list-'));
      expect(listed.sort()).toEqual(['list-a', 'list-b', 'list-c', 'list-d']);
    });

    it('remembers which tenant a client acts for, the latest word counting', async () => {
      const registry = create();
      await registry.putClient('app-1', 'acme');
      await registry.putClient('app-1', 'rival');

      expect(await registry.tenantOfClient('app-1')).toBe('rival');
    });

    it.each(['unknown', '', '../x', 'x'.repeat(3_000), 'a\u0000b'])(
      'knows nothing of what is named %j',
      async (name) => {
        const registry = create();

        expect(await registry.tenant(name)).toBeUndefined();
        expect(await registry.keyByHash(name)).toBeUndefined();
        expect(await registry.tenantOfClient(name)).toBeUndefined();
        expect((await registry.keys('unknown')).items).toEqual([]);
      },
    );
  });
}

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

const dynamodb = (client: DynamoDBClient = tables.client): DynamodbTenantRegistry =>
  new DynamodbTenantRegistry({ client, tableName: 'control', pageSize: 3 });

describeTenantRegistry('memory', () => new MemoryTenantRegistry(3));
describeTenantRegistry('dynamodb', () => dynamodb());

describe('the tenant registry on DynamoDB', () => {
  it('leaves no usable key when it dies between the two writes of a new one', async () => {
    const key = aKey('crash', 'key000000001');
    let writes = 0;
    const dying = {
      send: async (command: Parameters<DynamoDBClient['send']>[0]) => {
        writes += 1;
        if (writes === 2) throw new Error('the process is gone');
        return tables.client.send(command);
      },
    } as unknown as DynamoDBClient;

    await expect(dynamodb(dying).putKey(key)).rejects.toThrow('gone');

    expect(await dynamodb().keyByHash(key.hash)).toBeUndefined();
    expect((await dynamodb().keys('crash')).items).toEqual([]);
    expect(await dynamodb().putKey(key)).toBe(true);
  });

  it('keeps no secret, and no key under anything but its hash', async () => {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: 'control' }));

    expect(JSON.stringify(Items)).not.toContain('sk-');
  });

  it.each(['x', 'a b', '%%%', 'x'.repeat(400)])('refuses %j as a page', async (page) => {
    await expect(dynamodb().tenants(page)).rejects.toMatchObject({
      code: 'invalid_value',
      param: 'after',
    });
  });

  it.each([
    ['a limit below 0', { limits: { tokensPerDay: -1 } }],
    ['an unknown limit', { limits: { tokensPerDecade: 1 } }],
    ['an unknown status', { status: 'paused' }],
    ['a member too many', { isAdmin: true }],
    ['another id', { id: 'other' }],
  ])('refuses a tenant with %s, naming the item', async (_what, change) => {
    const { version: _version, ...tenant } = aTenant('malformed');
    await tables.client.send(
      new PutItemCommand({
        TableName: 'control',
        Item: {
          pk: { S: 'tenants' },
          sk: { S: 'malformed' },
          json: { S: JSON.stringify({ ...tenant, ...change }) },
          version: { N: '1' },
        },
      }),
    );

    await expect(dynamodb().tenant('malformed')).rejects.toThrow(
      /^control item 'tenants' 'malformed' (is malformed at json|holds another tenant)/,
    );
  });
});
