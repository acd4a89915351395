import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failurePolicies } from '#core/failures/failure.ts';
import { matchEndpoint } from '../../../bin/local/match-endpoint.ts';
import { EXPOSED_HEADERS, endpoints } from '../../../lambdas/edge/contract.ts';
import { governanceEndpoints } from '../../../lambdas/governance/governance.ts';
import { errorCodes } from '../../../scripts/openapi/answers.ts';
import { openApiDocument, operations } from '../../../scripts/openapi/document.ts';
import { errorList } from '../../../scripts/openapi/errors.ts';
import { headers } from '../../../scripts/openapi/headers.ts';

const LOCAL_ONLY = /^\/(oauth2\/token|\.well-known\/)/;
const document = JSON.parse(JSON.stringify(openApiDocument()));

const named = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

describe('docs/openapi.json', () => {
  it('is what `npm run generate` writes', () => {
    const committed = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');

    expect(committed === `${JSON.stringify(openApiDocument(), null, 2)}\n`).toBe(true);
  });

  it.each(endpoints.map(({ method, path }) => [method, path]))(
    'has an operation for %s %s',
    (method = '', path = '') => {
      const open = path.replace(/\{[^}]+\+\}$/, '');

      const found = operations.filter(
        (operation) =>
          (method === 'ANY' || operation.method.toUpperCase() === method) &&
          (open === path ? operation.path === path : operation.path.startsWith(open)),
      );

      expect(found).not.toEqual([]);
    },
  );

  it.each(operations.filter(({ path }) => !LOCAL_ONLY.test(path)))(
    'has a way in for $method $path',
    ({ method, path }) => {
      expect(matchEndpoint(endpoints, method.toUpperCase(), path)).toBeDefined();
    },
  );

  it('asks for a credential exactly where the edge does', () => {
    for (const { method, path, content } of operations) {
      const endpoint = matchEndpoint(endpoints, method.toUpperCase(), path);
      const asks = (content as { security: unknown[] }).security.length > 0;
      expect([path, asks]).toEqual([path, endpoint?.authorized ?? false]);
    }
  });

  it('has every endpoint of the governance door, and the scopes it asks for', () => {
    for (const { method, pattern, scopes } of governanceEndpoints) {
      const operation = document.paths[pattern]?.[method.toLowerCase()];
      const oauth2 = operation?.security.flatMap(
        (way: Record<string, string[]>) => way['oauth2'] ?? [],
      );
      expect([pattern, method, oauth2]).toEqual([pattern, method, scopes]);
    }
    const governed = named.filter((name) => / \/(admin\/|v1\/(audit|usage))/.test(name));
    expect(governed).toHaveLength(governanceEndpoints.length);
  });

  it('tells every failure a client can meet', () => {
    const list = errorList();

    for (const [code, { status, type }] of Object.entries(failurePolicies)) {
      if (code === 'client_disconnected') continue;
      expect(list).toContain(`- **${status}** \`${code}\` (\`${type}\``);
      const { examples } =
        document.components.responses[`Error${status}`].content['application/json'];
      expect(examples[code].value.error.code).toBe(code);
    }
    expect(errorCodes).toContain('request_filtered');
  });

  it('describes every header that browsers may see', () => {
    expect(Object.keys(headers)).toEqual(expect.arrayContaining([...EXPOSED_HEADERS]));
  });

  it('refers only to what it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];

    expect(references.length).toBeGreaterThan(50);
    for (const [, reference = ''] of references) {
      const target = reference.split('/').reduce((node, step) => node?.[step], document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
  });

  it('names every operation once', () => {
    const ids = operations.map(({ content }) => (content as { operationId: string }).operationId);

    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(named).size).toBe(named.length);
  });

  it('says for each field of a chat request what it does', () => {
    const { properties, additionalProperties } = document.components.schemas.ChatCompletionRequest;

    expect(additionalProperties).toBe(false);
    for (const property of Object.values(properties)) {
      expect(property).toHaveProperty('description', expect.any(String));
    }
  });
});
