import type { Noun } from '../command.ts';
import { table } from '../output.ts';

interface TargetJson {
  readonly provider: string;
  readonly model: string;
  readonly weight: number;
}

/** What a model name stands for: `ballast routes …`. */
export const addRoutes: Noun = (program, context) => {
  const routes = program.command('routes').description('model names and what stands behind them');
  routes
    .command('list')
    .description('every route, its targets in the order they are tried')
    .action(async () => {
      const data = await context.api().list('admin/v1/routes');
      const rows = data.map((route) => [
        String(route['name']),
        targetsText(route['targets'] as readonly TargetJson[]),
        String(route['guardrail_policy']),
      ]);
      context
        .output()
        .result({ object: 'list', data }, table(['ROUTE', 'TARGETS (WEIGHT)', 'POLICY'], rows));
    });
};

const targetsText = (targets: readonly TargetJson[]): string =>
  targets.map(({ provider, model, weight }) => `${provider}/${model} (${weight})`).join(', ');
