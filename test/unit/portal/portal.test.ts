import { describe, expect, it } from 'vitest';
import { Cancellation } from '#core/time/cancellation.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { sha256 } from '#runtime/host.ts';
import type { HttpRequest } from '#runtime/http.ts';
import { type PortalFileName, portalFiles } from '../../../lambdas/portal/contract.ts';
import { createPortal } from '../../../lambdas/portal/portal.ts';
import { repositoryFiles } from '../../../lambdas/portal/wiring.ts';
import { CollectingResponder } from '../../support/collecting-responder.ts';

const names = Object.keys(portalFiles) as PortalFileName[];
const INLINE = 'go()';
const files = new Map<PortalFileName, string>(
  names.map((name) => [name, name === 'index.html' ? `<script>${INLINE}</script>` : `of ${name}`]),
);

async function get(path: string, changes: Partial<HttpRequest> = {}, served = files) {
  const responder = new CollectingResponder();
  const door = createPortal({
    files: served,
    clock: { nowMs: () => 1_764_000_000_000 },
    newId: (nowMs) => formatUlid(nowMs, []),
    hash: sha256,
    allowedOrigins: 'https://app.example',
  });
  const request = { method: 'GET', path, query: {}, headers: {}, body: '', ...changes };
  await door(request, responder, { deadlineMs: 0, disconnected: new Cancellation() });
  return responder;
}

describe('the portal', () => {
  it('is healthy without touching anything', async () => {
    const answer = await get('/health', {}, new Map());

    expect(answer.status).toBe(200);
    expect(answer.body).toBe('{"status":"ok"}');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/openapi.json', 'application/json'],
    ['/assets/page.css', 'text/css; charset=utf-8'],
    ['/assets/openapi-explorer.js', 'text/javascript; charset=utf-8'],
  ])('serves %s', async (path, type) => {
    const answer = await get(path);

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['x-request-id']).toHaveLength(26);
  });

  it('answers HEAD with the headers alone', async () => {
    const answer = await get('/', { method: 'HEAD' });

    expect(answer.status).toBe(200);
    expect(answer.body).toBe('');
    expect(answer.ended).toBe(true);
  });

  it.each([
    '/assets/../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/handler.js',
    '/assets/index.html',
    '/assets/openapi.json',
    '/assets/',
    '/assets/__proto__',
    '/index.html',
    '//',
    '',
  ])('has nothing at %j', async (path) => {
    const answer = await get(path);

    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body).error).toMatchObject({ code: 'not_found', param: null });
    expect(answer.headers['x-request-id']).toHaveLength(26);
  });

  it('takes no other method', async () => {
    const answer = await get('/openapi.json', { method: 'POST' });

    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body).error.code).toBe('method_not_allowed');
  });

  it('spares the bytes of what the browser has already, also behind a compressing proxy', async () => {
    const etag = (await get('/openapi.json')).headers['etag'] ?? '';

    const known = await get('/openapi.json', { headers: { 'if-none-match': `"x", W/${etag}` } });
    const changed = await get('/openapi.json', { headers: { 'if-none-match': '"x"' } });

    expect(etag).not.toBe('');
    expect(known).toMatchObject({ status: 304, body: '' });
    expect(changed).toMatchObject({ status: 200 });
  });

  it('lets the page run its own scripts only, the inline one by its hash', async () => {
    const policy = (await get('/')).headers['content-security-policy'] ?? '';

    const hash = Buffer.from(sha256(INLINE), 'hex').toString('base64');
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe-inline/);
  });

  it('lets an allowed origin read the document', async () => {
    const answer = await get('/openapi.json', { headers: { origin: 'https://app.example' } });

    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
  });
});

describe('what is shipped', () => {
  const shipped = repositoryFiles();

  it('is there, and fits through Lambda many times over', () => {
    expect([...shipped.keys()]).toEqual(names);
    for (const text of shipped.values()) expect(text.length).toBeLessThan(2_000_000);
  });

  it('asks nobody else: the page names no other host', () => {
    for (const name of names) {
      if (portalFiles[name].path.startsWith('lambdas/')) {
        expect(shipped.get(name)).not.toMatch(/(src|href|import|url\(|fetch\()[^\n]*https?:\/\//);
      }
    }
  });

  it('is linked relative to the page, so that it works below a stage', () => {
    const page = shipped.get('index.html') ?? '';
    const links = [...page.matchAll(/ (?:src|href)="([^"#]+)"/g)].map(([, link = '']) => link);

    const own = links.filter((link) => !link.startsWith('data:'));
    const known = names.map((name) => (name === 'openapi.json' ? name : `assets/${name}`));
    expect(own.length).toBeGreaterThan(4);
    expect(known).toEqual(expect.arrayContaining(own));
  });
});
