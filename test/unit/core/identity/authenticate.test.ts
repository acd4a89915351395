import { describe, expect, it } from 'vitest';
import { succeeded } from '#core/failures/outcome.ts';
import { type AuthenticationParts, authenticate } from '#core/identity/authenticate.ts';
import type { Claims } from '#core/identity/token-verifier.ts';
import { sha256 } from '#runtime/host.ts';
import { keyOf, tenantOf } from '../../../support/auth.ts';
import { MemoryTenantRegistry } from '../../../support/memory-tenant-registry.ts';
import { TestClock } from '../../../support/test-clock.ts';
import { type ClaimChanges, claimsAt } from '../../../support/tokens.ts';

const ISSUER = 'https://issuer.example';
const TEMPLATE = {
  status: 'active',
  limits: { requestsPerMinute: 1 },
  bodies: 'hash-only',
} as const;

interface Setting {
  readonly claims?: ClaimChanges;
  readonly tenantClaim?: string;
  readonly tenantTemplate?: typeof TEMPLATE;
}

/** Every token is well signed here, and says what the test wants it to say. */
async function arrange({ claims, tenantClaim, tenantTemplate }: Setting = {}) {
  const clock = new TestClock();
  const registry = new MemoryTenantRegistry();
  const parts: AuthenticationParts = {
    directory: registry,
    hash: sha256,
    clock,
    tokens: {
      verifier: {
        verify: async () => succeeded(claimsAt(ISSUER, clock.nowMs(), claims) as Claims),
      },
      expectations: {
        issuer: ISSUER,
        audiences: ['acme-app'],
        tenantClaim,
        scopePrefix: 'ballast/',
      },
      ...(tenantTemplate === undefined ? {} : { tenantTemplate }),
    },
  };
  return { registry, parts };
}

describe('authenticating a key', () => {
  it('gives everything the gateway must know before it reserves', async () => {
    const { registry, parts } = await arrange();
    const routes = ['chat-default'];
    await registry.putTenant(tenantOf('acme', { routes, guardrailPolicy: 'strict' }));
    await registry.putKey(keyOf('acme', 'sk-good', { limits: { tokensPerMinute: 5 } }));

    const outcome = await authenticate(['Bearer sk-good'], parts);

    expect(outcome).toEqual({
      ok: true,
      value: {
        tenantId: 'acme',
        keyId: 'id-of-acme',
        scopes: ['ballast/inference'],
        limits: { tenant: { requestsPerMinute: 10 }, key: { tokensPerMinute: 5 } },
        routes,
        guardrailPolicy: 'strict',
        bodies: 'hash-only',
      },
    });
  });

  it('refuses a key whose tenant has gone', async () => {
    const { registry, parts } = await arrange();
    await registry.putKey(keyOf('acme', 'sk-good'));

    const outcome = await authenticate(['Bearer sk-good'], parts);

    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'unknown_tenant' } });
  });
});

describe('authenticating a token', () => {
  it('finds the tenant by client where no claim is configured', async () => {
    const { registry, parts } = await arrange({ claims: { tenant: 'globex' } });
    await registry.putTenant(tenantOf('acme'));
    await registry.putClient('acme-app', 'acme');

    const outcome = await authenticate(['Bearer e.e.e'], parts);

    expect(outcome).toMatchObject({
      ok: true,
      value: { tenantId: 'acme', keyId: 'client:acme-app' },
    });
  });

  it('prefers the configured claim to the client', async () => {
    const { registry, parts } = await arrange({
      claims: { tenant: 'globex' },
      tenantClaim: 'tenant',
    });
    await registry.putTenant(tenantOf('globex'));
    await registry.putClient('acme-app', 'acme');

    const outcome = await authenticate(['Bearer e.e.e'], parts);

    expect(outcome).toMatchObject({ ok: true, value: { tenantId: 'globex' } });
  });

  it('refuses a token that neither claim nor client leads to a tenant', async () => {
    const { parts } = await arrange({ tenantClaim: 'tenant' });

    const outcome = await authenticate(['Bearer e.e.e'], parts);

    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'no_tenant' } });
  });

  it('refuses a claimed tenant that nobody has stored', async () => {
    const { parts } = await arrange({ claims: { tenant: 'globex' }, tenantClaim: 'tenant' });

    const outcome = await authenticate(['Bearer e.e.e'], parts);

    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'unknown_tenant' } });
  });

  it('makes a claimed tenant from the template where there is one', async () => {
    const { parts } = await arrange({
      claims: { tenant: 'globex' },
      tenantClaim: 'tenant',
      tenantTemplate: TEMPLATE,
    });

    const outcome = await authenticate(['Bearer e.e.e'], parts);

    expect(outcome).toMatchObject({
      ok: true,
      value: { tenantId: 'globex', limits: { tenant: TEMPLATE.limits } },
    });
  });

  it.each(['Globex', 'a/b', '../acme', 'x'.repeat(64), ''])(
    'makes no tenant from what cannot be the id of one: %j',
    async (tenant) => {
      const { parts } = await arrange({
        claims: { tenant },
        tenantClaim: 'tenant',
        tenantTemplate: TEMPLATE,
      });

      const outcome = await authenticate(['Bearer e.e.e'], parts);

      expect(outcome).toMatchObject({ ok: false, failure: { reason: 'unknown_tenant' } });
    },
  );

  it('makes no tenant from a client that points to none', async () => {
    const { registry, parts } = await arrange({ tenantTemplate: TEMPLATE });
    await registry.putClient('acme-app', 'gone');

    const outcome = await authenticate(['Bearer e.e.e'], parts);

    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'unknown_tenant' } });
  });

  it('refuses every token where no issuer is configured', async () => {
    const { parts } = await arrange();

    const outcome = await authenticate(['Bearer e.e.e'], { ...parts, tokens: undefined });

    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'tokens_not_accepted' } });
  });
});
