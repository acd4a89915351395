import type { Caller } from '#core/identity/caller.ts';
import type { Route, RouteTable } from '#core/routing/route.ts';

/** @see https://platform.openai.com/docs/api-reference/models/object */
interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** A route has no birthday; clients only want a number. */
const CREATED = 1_763_856_000;

const modelOf = (route: Route): ModelObject => ({
  id: route.name,
  object: 'model',
  created: CREATED,
  owned_by: route.targets[0]?.provider ?? 'ballast',
});

const offered = (caller: Caller, route: Route): boolean =>
  caller.routes === undefined || caller.routes.includes(route.name);

/** The models this caller may use. */
export const listModels = (caller: Caller, routes: RouteTable) => ({
  object: 'list' as const,
  data: routes
    .all()
    .filter((route) => offered(caller, route))
    .map(modelOf),
});

export function findModel(
  caller: Caller,
  routes: RouteTable,
  name: string,
): ModelObject | undefined {
  const route = routes.route(name);
  return route !== undefined && offered(caller, route) ? modelOf(route) : undefined;
}
