import { Failure } from '../failures/failure.ts';
import { type Clock, HOUR_MS } from '../time/clock.ts';

export interface LookupCacheOptions {
  /**
   * How long a found value is served without asking again, in milliseconds.
   *
   * @default 15,000
   */
  readonly ttlMs?: number;
  /**
   * How long "there is none" is believed, in milliseconds.
   *
   * @default 5,000
   */
  readonly absentTtlMs?: number;
  /**
   * How long after it was read a value may stand in for a store that cannot answer, in milliseconds.
   *
   * @default an hour
   */
  readonly lastKnownGoodMs?: number;
  /**
   * Values kept, and as many absences apart from them: guessing names evicts nobody's value. The
   * one read from the store longest ago goes first.
   *
   * @default 10,000
   */
  readonly entries?: number;
}

/** A store that has just failed is not asked for the same value again for this long. */
const PAUSE_AFTER_FAILURE_MS = 1_000;

interface Entry<T> {
  readonly value: T;
  readonly readAtMs: number;
  readonly freshUntilMs: number;
}

/** Remembers what a store answered; one question at a time for each name. */
export class LookupCache<T extends object | string> {
  readonly #found = new Map<string, Entry<T>>();
  /** Until when each absence is believed. */
  readonly #absent = new Map<string, number>();
  readonly #asking = new Map<string, Promise<T | undefined>>();
  readonly #load: (name: string) => Promise<T | undefined>;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #options: Required<LookupCacheOptions>;

  constructor(
    load: (name: string) => Promise<T | undefined>,
    clock: Pick<Clock, 'nowMs'>,
    options: LookupCacheOptions = {},
  ) {
    this.#load = load;
    this.#clock = clock;
    this.#options = {
      ttlMs: 15_000,
      absentTtlMs: 5_000,
      lastKnownGoodMs: HOUR_MS,
      entries: 10_000,
      ...options,
    };
  }

  /** Rejects with `config_unavailable` when the store cannot answer and no good copy is left. */
  async get(name: string): Promise<T | undefined> {
    const nowMs = this.#clock.nowMs();
    const entry = this.#found.get(name);
    if (entry !== undefined && nowMs < entry.freshUntilMs) return entry.value;
    if (nowMs < (this.#absent.get(name) ?? 0)) return undefined;
    return this.#asking.get(name) ?? this.#ask(name);
  }

  #ask(name: string): Promise<T | undefined> {
    const asking = this.#read(name).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }

  async #read(name: string): Promise<T | undefined> {
    // Values age from when they were asked for: an answer may have been long under way.
    const askedAtMs = this.#clock.nowMs();
    try {
      const value = await this.#load(name);
      this.#remember(name, value, askedAtMs);
      return value;
    } catch (cause) {
      return this.#lastKnownGood(name, cause);
    }
  }

  #remember(name: string, value: T | undefined, askedAtMs: number): void {
    const { ttlMs, absentTtlMs, entries } = this.#options;
    this.#found.delete(name);
    this.#absent.delete(name);
    if (value === undefined) this.#absent.set(name, askedAtMs + absentTtlMs);
    else {
      this.#found.set(name, { value, readAtMs: askedAtMs, freshUntilMs: askedAtMs + ttlMs });
    }
    forgetOldest(this.#found, entries);
    forgetOldest(this.#absent, entries);
  }

  #lastKnownGood(name: string, cause: unknown): T {
    const nowMs = this.#clock.nowMs();
    const entry = this.#found.get(name);
    if (entry === undefined || nowMs - entry.readAtMs >= this.#options.lastKnownGoodMs) {
      throw new Failure(
        'config_unavailable',
        'tenants and keys cannot be reached right now; try again shortly',
        { cause, retryAfterMs: PAUSE_AFTER_FAILURE_MS },
      );
    }
    const pauseMs = Math.min(PAUSE_AFTER_FAILURE_MS, this.#options.ttlMs);
    this.#found.set(name, { ...entry, freshUntilMs: nowMs + pauseMs });
    return entry.value;
  }
}

function forgetOldest(entries: Map<string, unknown>, most: number): void {
  if (entries.size <= most) return;
  const [oldest] = entries.keys();
  if (oldest !== undefined) entries.delete(oldest);
}
