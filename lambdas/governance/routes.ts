import type { Route } from '#core/routing/route.ts';
import type { Endpoint } from './endpoint.ts';
import { listing } from './listing.ts';

export const routeEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    pattern: '/admin/v1/routes',
    scopes: ['ballast/admin'],
    run: async (_call, { routes }) => ({
      status: 200,
      body: listing({ items: routes.all() }, routeJson),
    }),
  },
];

const routeJson = (route: Route): object => ({
  object: 'route',
  name: route.name,
  description: route.description,
  targets: route.targets.map((target) => ({
    provider: target.provider,
    model: target.model,
    weight: target.weight,
    max_output_tokens: target.maxOutputTokens,
  })),
  default_max_tokens: route.defaultMaxTokens,
  first_byte_timeout_ms: route.firstByteTimeoutMs,
  idle_timeout_ms: route.idleTimeoutMs,
  answer_timeout_ms: route.answerTimeoutMs,
  deadline_ms: route.deadlineMs,
  commit_after_ms: route.commitAfterMs,
  max_attempts: route.maxAttempts,
  drop_params: route.dropParams,
  guardrail_policy: route.guardrailPolicy,
});
