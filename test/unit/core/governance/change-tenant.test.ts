import { describe, expect, it } from 'vitest';
import { changeTenant, newTenant } from '#core/governance/change-tenant.ts';

describe('changing a tenant', () => {
  const acme = newTenant('acme', { limits: { requestsPerMinute: 5, tokensPerDay: 100 } });

  it('keeps what the change does not name', () => {
    const changed = changeTenant(acme, { name: 'Acme Ltd', limits: { tokensPerDay: 200 } });

    expect(changed).toEqual({
      ...acme,
      name: 'Acme Ltd',
      limits: { requestsPerMinute: 5, tokensPerDay: 200 },
    });
  });

  it('removes a limit that is set to null, which is not the same as 0', () => {
    const changed = changeTenant(acme, { limits: { requestsPerMinute: null, tokensPerDay: 0 } });

    expect(changed.limits).toEqual({ tokensPerDay: 0 });
  });

  it('takes routes and policy back to the default with null', () => {
    const bound = changeTenant(acme, { routes: ['chat-default'], guardrailPolicy: 'strict' });

    expect(changeTenant(bound, { routes: null, guardrailPolicy: null })).toEqual(acme);
  });

  it('starts a tenant with no limits, active, and hashes instead of bodies', () => {
    expect(newTenant('beta', {})).toEqual({
      id: 'beta',
      name: 'beta',
      status: 'active',
      limits: {},
      bodies: 'hash-only',
      version: 0,
    });
  });
});
