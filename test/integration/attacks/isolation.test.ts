import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../../lambdas/edge/contract.ts';
import { governanceEndpoints } from '../../../lambdas/governance/governance.ts';
import {
  ADMIN,
  DEMO,
  type ObservedPlatform,
  post,
  startLocal,
  TINY,
  user,
} from '../../support/local-platform.ts';
import { answersOf, attack } from './rows.ts';

/** An id of the demo tenant's, or an administrator's, and one of the same form that never was. */
interface Case {
  readonly theirs: () => string;
  readonly nobodys: string;
  readonly body?: object;
}

let platform: ObservedPlatform;
let record = '';
let key = '';

beforeAll(async () => {
  platform = await startLocal();
  const chat = await post(`${platform.url}/v1/chat/completions`, {
    model: 'simulated/echo',
    messages: user('mine'),
  });
  await chat.text();
  record = chat.headers.get('x-request-id') ?? '';
  const keys = await fetch(`${platform.url}/admin/v1/tenants/demo/keys`, { headers: ADMIN });
  key = ((await keys.json()) as { data: { id: string }[] }).data[0]?.id ?? '';
});

afterAll(() => platform.close());

/** By method and pattern: every route with an id must be here. */
const CASES: Readonly<Record<string, Case>> = {
  'GET /v1/models/{model+}': { theirs: () => 'not-yours', nobodys: 'never-was' },
  'GET /v1/audit/{id}': { theirs: () => record, nobodys: '01ARZ3NDEKTSV4RRFFQ69G5FAV' },
  'GET /admin/v1/tenants/{tenant}': { theirs: () => 'demo', nobodys: 'nobody' },
  'PATCH /admin/v1/tenants/{tenant}': {
    theirs: () => 'demo',
    nobodys: 'nobody',
    body: { version: 1, name: 'taken over' },
  },
  'DELETE /admin/v1/tenants/{tenant}': { theirs: () => 'demo', nobodys: 'nobody' },
  'GET /admin/v1/tenants/{tenant}/keys': { theirs: () => 'demo', nobodys: 'nobody' },
  'POST /admin/v1/tenants/{tenant}/keys': {
    theirs: () => 'demo',
    nobodys: 'nobody',
    body: { name: 'mine now', scopes: ['ballast/inference'] },
  },
  'GET /admin/v1/tenants/{tenant}/keys/{key}': {
    theirs: () => `demo/${key}`,
    nobodys: 'nobody/000000000000',
  },
  'DELETE /admin/v1/tenants/{tenant}/keys/{key}': {
    theirs: () => `demo/${key}`,
    nobodys: 'nobody/000000000000',
  },
  'PUT /admin/v1/clients/{client}': {
    theirs: () => 'demo',
    nobodys: 'nobody',
    body: { tenant: 'tiny' },
  },
};

const withId = [
  ...endpoints
    .filter(({ door }) => door !== 'governance' && door !== 'portal')
    .map(({ method, path }) => `${method} ${path}`),
  ...governanceEndpoints.map(({ method, pattern }) => `${method} ${pattern}`),
].filter((route) => route.includes('{'));

async function ask(route: string, ids: string, body?: object) {
  const [method = '', pattern = ''] = route.split(' ');
  const parts = ids.split('/');
  const path = pattern.replace(/\{[^}]*\}/g, () => parts.shift() ?? '');
  const answer = await fetch(`${platform.url}${path}`, {
    method,
    headers: { ...TINY, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const known = ids.split('/').reduce((said, id) => said.replaceAll(id, 'ID'), text);
  const names = [...answer.headers.keys()].filter((name) => name !== 'date');
  return { status: answer.status, said: known, names, code: JSON.parse(text).error?.code };
}

const stateOf = async (): Promise<string> => {
  const read = async (path: string): Promise<string> =>
    (await fetch(`${platform.url}${path}`, { headers: ADMIN })).text();
  return (await read('/admin/v1/tenants')) + (await read('/admin/v1/tenants/demo/keys'));
};

describe(attack('F32'), () => {
  it('is tried on every route with an id', () => {
    expect(Object.keys(CASES).sort()).toEqual([...withId].sort());
  });

  it.each(Object.keys(CASES))('learns and changes nothing: %s', async (route) => {
    const { theirs, nobodys, body } = CASES[route] as Case;
    const before = await stateOf();

    const foreign = await ask(route, theirs(), body);
    const unknown = await ask(route, nobodys, body);

    expect(foreign).toEqual(unknown);
    expect([...answersOf('F32'), '404 model_not_found']).toContain(
      `${foreign.status} ${foreign.code}`,
    );
    expect(await stateOf()).toBe(before);
  });

  it('would be seen: its owner gets another answer', async () => {
    const own = await fetch(`${platform.url}/v1/audit/${record}`, { headers: DEMO });

    expect(own.status).toBe(200);
  });
});

describe(attack('F14'), () => {
  it.each(
    governanceEndpoints
      .filter(({ pattern }) => pattern.startsWith('/admin/'))
      .map(({ method, pattern }) => `${method} ${pattern}`),
  )('is turned away: %s', async (route) => {
    const { status, code } = await ask(route, 'demo/x', route.startsWith('GET') ? undefined : {});

    expect(answersOf('F14')).toContain(`${status} ${code}`);
  });
});
