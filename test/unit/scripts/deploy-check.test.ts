import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { deployCheckPage } from '../../../scripts/generate-deploy-check.ts';

it('docs/deploy-check.md is what its tables say; `npm run generate` writes it', () => {
  const page = readFileSync(new URL('../../../docs/deploy-check.md', import.meta.url), 'utf8');

  expect(page).toBe(deployCheckPage());
  expect(page).toContain('| `AWS::CloudWatch::Alarm` | ignored |');
});
