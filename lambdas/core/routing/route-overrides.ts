import type { Route } from './route.ts';

/** Routes that operators have changed since the bundle was built. */
export interface LoadedOverrides {
  readonly routes: readonly Route[];
  /** Overrides that are no routes, and why. */
  readonly malformed: readonly { readonly name: string; readonly cause: unknown }[];
}

/** Port. Rejects when the store cannot answer. */
export interface RouteOverrides {
  load(): Promise<LoadedOverrides>;
}
