import { describe, expect, it } from 'vitest';
import { circularDependency } from '../support/circular-dependency.ts';
import { type Resource, synthesize } from '../support/synthesized.ts';

describe.each(['config/dev.json', 'config/prod.json'])('the stacks of %s', (file) => {
  it('can be made in some order, though an alias waits for the alarms of its rollout', () => {
    const { data, gateway } = synthesize(file);

    for (const template of [data, gateway]) {
      const resources = template.toJSON()['Resources'] as Record<string, Resource>;
      expect(circularDependency(resources)).toBeUndefined();
    }
  });
});

describe('a circle', () => {
  it('is seen through an update policy, which no other check reads', () => {
    const resources = {
      Alias: { Type: 'A', UpdatePolicy: { Update: { Group: { Ref: 'Rollout' } } } },
      Rollout: { Type: 'B', Properties: { Alarms: [{ 'Fn::GetAtt': ['Alarm', 'Arn'] }] } },
      Alarm: { Type: 'C', Properties: {}, DependsOn: ['Alias'] },
    };

    expect(circularDependency(resources)).toEqual(['Alias', 'Rollout', 'Alarm', 'Alias']);
  });
});
