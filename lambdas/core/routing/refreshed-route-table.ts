import type { Clock } from '../time/clock.ts';
import type { Route, RouteTable } from './route.ts';
import type { LoadedOverrides, RouteOverrides } from './route-overrides.ts';

export interface RefreshedRouteTableParts {
  /** Served from the start, and wherever nothing overrides them. */
  readonly bundled: readonly Route[];
  readonly overrides: RouteOverrides;
  readonly clock: Pick<Clock, 'nowMs'>;
  /**
   * Told of an override that is no route (`name`) when it turns so, and of each time the store
   * cannot answer. Must not throw.
   */
  readonly onProblem: (problem: {
    readonly message: string;
    readonly name?: string;
    readonly cause: unknown;
  }) => void;
  /**
   * The least time between two loads, in milliseconds.
   *
   * @default 5,000
   */
  readonly refreshEveryMs?: number;
}

/**
 * The bundle's routes, with overrides on top that are loaded behind the caller's back: nobody ever
 * waits for them, so a change is seen one request after its load.
 *
 * What was loaded last stays while the store cannot answer, and a route whose override turns
 * malformed stays as it was: taking a route away needs a readable answer.
 */
export class RefreshedRouteTable implements RouteTable {
  readonly #parts: RefreshedRouteTableParts;
  #routes: ReadonlyMap<string, Route>;
  #nextLoadAtMs = Number.NEGATIVE_INFINITY;
  #loading = false;
  #malformed: ReadonlySet<string> = new Set();

  constructor(parts: RefreshedRouteTableParts) {
    this.#parts = parts;
    this.#routes = byName(parts.bundled);
  }

  route(name: string): Route | undefined {
    this.#refreshWhenDue();
    return this.#routes.get(name);
  }

  all(): readonly Route[] {
    this.#refreshWhenDue();
    return [...this.#routes.values()];
  }

  #refreshWhenDue(): void {
    if (this.#loading || this.#parts.clock.nowMs() < this.#nextLoadAtMs) return;
    void this.refresh();
  }

  /** Loads the overrides now, as a process may while nobody waits for it yet. Never rejects. */
  async refresh(): Promise<void> {
    const { overrides, onProblem, clock, refreshEveryMs = 5_000 } = this.#parts;
    this.#loading = true;
    this.#nextLoadAtMs = clock.nowMs() + refreshEveryMs;
    try {
      this.#apply(await overrides.load());
    } catch (cause) {
      onProblem({ message: 'route overrides cannot be loaded; the last ones stay', cause });
    } finally {
      this.#loading = false;
    }
  }

  #apply({ routes, malformed }: LoadedOverrides): void {
    const kept = malformed.flatMap(({ name }) => this.#routes.get(name) ?? []);
    this.#routes = byName([...this.#parts.bundled, ...kept, ...routes]);
    const known = this.#malformed;
    this.#malformed = new Set(malformed.map(({ name }) => name));
    for (const { name, cause } of malformed) {
      if (known.has(name)) continue;
      this.#parts.onProblem({
        message: 'a route override is malformed; the route stays as it was',
        name,
        cause,
      });
    }
  }
}

const byName = (routes: readonly Route[]): ReadonlyMap<string, Route> =>
  new Map(routes.map((route) => [route.name, route]));
