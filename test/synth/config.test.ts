import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig, readConfig } from '../../lib/config/read-config.ts';
import { configDocs, configSchemaText } from '../../scripts/generate-config-docs.ts';
import { idlePriceUsd } from '../support/idle-prices.ts';

const route = {
  name: 'chat',
  targets: [{ provider: 'bedrock', model: 'amazon.nova-lite-v1:0' }],
};

describe('a configuration', () => {
  it('needs nothing but routes, and has every default written down', () => {
    const config = parseConfig({ routes: [route] }, 'test.json');

    expect(config).toMatchObject({
      name: 'Ballast',
      retainData: false,
      logDays: 14,
      canary: false,
    });
    expect(config.routes[0]).toMatchObject({ maxAttempts: 3, guardrailPolicy: 'default' });
  });

  it('is told all that is wrong with it at once, with the way out', () => {
    const wrong = {
      routs: [],
      retainDate: true,
      logDays: 15,
      throttle: { burst: 'many' },
      routes: [{ ...route, maxAttempts: 0, target: 1 }],
    };

    const said = messageOf(() => parseConfig(wrong, 'test.json'));
    expect(said).toMatch(/^test\.json is not a valid configuration:\n/);
    expect(said).toContain("'routs' is not known; did you mean 'routes'?");
    expect(said).toContain("'retainDate' is not known; did you mean 'retainData'?");
    expect(said).toMatch(/logDays: .*got 15/);
    expect(said).toContain('throttle.burst: expected number, got "many"');
    expect(said).toMatch(/routes\.0\.maxAttempts: .*got 0/);
    expect(said).toContain("'routes.0.target' is not known; did you mean 'targets'?");
  });

  it('is told of names that name nothing', () => {
    const dangling = {
      routes: [
        { ...route, guardrailPolicy: 'nope' },
        { ...route, targets: [{ provider: 'openai', model: 'x' }] },
        { ...route, name: 'unpriced', targets: [{ provider: 'bedrock', model: 'unknown' }] },
      ],
    };

    const said = messageOf(() => parseConfig(dangling, 'test.json'));

    expect(said).toContain("no policy 'nope'; there are default, strict, off");
    expect(said).toContain("no provider 'openai'; there are bedrock");
    expect(said).toContain("'bedrock/unknown' has no price");
    expect(said).toContain("'chat' is there twice");
  });

  it('says which file it looked for, and what is no JSON', () => {
    expect(() => readConfig('config/nope.json')).toThrow(
      /config\/nope\.json cannot be read; name one/,
    );
    expect(() => readConfig('README.md')).toThrow(/README\.md is not JSON/);
  });
});

describe('what is generated from the schema', () => {
  it('is up to date; npm run generate makes it so', () => {
    const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

    expect(read('config/platform-config.schema.json')).toBe(configSchemaText());
    expect(read('docs/configuration.md')).toBe(configDocs());
  });
});

describe('idle prices', () => {
  it('do not pass over what has none', () => {
    expect(() => idlePriceUsd([{ Type: 'AWS::EC2::NatGateway' }])).toThrow(
      'AWS::EC2::NatGateway has no price',
    );
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('expected a refusal');
}
