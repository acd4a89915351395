import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import { DETECTORS } from '../../lib/config/check-references.ts';
import { parseConfig, readConfig } from '../../lib/config/read-config.ts';
import { configKeyNotes } from '../../scripts/config-key-notes.ts';
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

  it('is told of an issuer whose tokens nobody could use, and of origins that match nothing', () => {
    const issuer = 'https://id.example';
    const closed = { routes: [route], identity: { issuer, clients: ['reports'] } };
    const odd = { routes: [route], allowedOrigins: ['https://app.example.com/'] };

    const said = messageOf(() => parseConfig(closed, 'test.json'));

    expect(said).toContain('identity.audiences: empty, so no token of https://id.example');
    expect(said).toContain('identity.clients: reports would be made in a user pool');
    expect(messageOf(() => parseConfig(odd, 'test.json'))).toMatch(
      /allowedOrigins\.0: expected an origin .*got "https:\/\/app\.example\.com\/"/,
    );
  });

  it('is told of detectors that do not exist, which would keep the functions from starting', () => {
    const rules = [{ detector: 'emial', action: 'flag' }];
    const odd = { routes: [route], guardrailPolicies: [{ id: 'default', rules }] };

    const said = messageOf(() => parseConfig(odd, 'test.json'));

    expect(said).toContain("guardrailPolicies.default: no detector 'emial'; there are email");
    expect([...DETECTORS].sort()).toEqual([...builtInDetectors.keys()].sort());
  });

  it('is told of a profile that hides which models it calls', () => {
    const model = 'arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc';
    const hidden = { routes: [{ ...route, targets: [{ provider: 'bedrock', model }] }] };

    const said = messageOf(() => parseConfig(hidden, 'test.json'));

    expect(said).toContain(`routes.0.targets.0.model: '${model}' does not say which models`);
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

describe('the page about the configuration', () => {
  it('says of every key what it means, and of no key that is gone', () => {
    const rows = configDocs()
      .split('\n')
      .flatMap((line) => {
        const [, key, meaning] = /^\| `([^`]+)` \|.*\| (.*) \|$/.exec(line) ?? [];
        return key === undefined ? [] : [{ key, meaning }];
      });

    expect(rows.filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(Object.keys(configKeyNotes)));
  });
});

describe('idle prices', () => {
  it('count the metrics of alarms after the tenth', () => {
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } };
    const ofTwo = {
      ...alarm,
      Properties: { Metrics: [{}, { MetricStat: {} }, { MetricStat: {} }] },
    };

    expect(idlePriceUsd(Array.from({ length: 10 }, () => alarm))).toBe(0);
    expect(idlePriceUsd(Array.from({ length: 6 }, () => ofTwo))).toBeCloseTo(0.2);
  });

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
