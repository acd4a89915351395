import type { CryptoKey } from 'jose';
import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import { refuse } from '#core/identity/credential-refusal.ts';
import type { JwksSnapshot } from '#core/identity/jwks-snapshot.ts';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '#core/time/clock.ts';
import type { FetchJson } from './fetch-json.ts';
import { fetchKeySet } from './fetch-key-set.ts';
import { type Algorithm, KeySet } from './key-set.ts';

/** From this age on the next token starts a refresh and does not wait for it. */
const REFRESH_AFTER_MS = 45 * MINUTE_MS;
/** From this age on it waits: Lambda freezes work nobody waits for, which then never ends. */
export const STALE_AFTER_MS = HOUR_MS;
/** From this age on nothing is believed any more. */
const UNUSABLE_AFTER_MS = DAY_MS;
/** The issuer, and the snapshot, are asked at most once in this time, whatever tokens claim. */
const PAUSE_MS = 10_000;

/** Where the keys in use come from and how old they are. */
export interface KeySetStatus {
  readonly source: 'issuer' | 'snapshot';
  readonly ageMs: number;
}

export interface JwksCacheParts {
  readonly issuer: string;
  readonly fetchJson: FetchJson;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly snapshot?: JwksSnapshot | undefined;
  /** Hears of what went wrong and was survived. */
  readonly onProblem: (message: string, cause: unknown) => void;
}

interface Known {
  readonly keys: KeySet;
  readonly fetchedAtMs: number;
  readonly source: KeySetStatus['source'];
}

/**
 * The public keys of one issuer, fetched once an hour, believed for a day while the issuer is down.
 *
 * A key nobody knows makes it ask once more, at most every 10 s; a flood of invented key ids costs
 * the issuer nothing. A set without a usable key never replaces one that has some.
 */
export class JwksCache {
  readonly #parts: JwksCacheParts;
  #known: Known | undefined;
  #fetching: Promise<void> | undefined;
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #fetchSucceeded = false;
  #restoring: Promise<void> | undefined;
  #restoredAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: JwksCacheParts) {
    this.#parts = parts;
  }

  /** Undefined before the first key set. */
  status(): KeySetStatus | undefined {
    if (this.#known === undefined) return undefined;
    return { source: this.#known.source, ageMs: this.#ageMs() };
  }

  /** Has keys at hand before the first token comes. Never rejects. */
  async warm(): Promise<void> {
    await this.#restore();
    const ageMs = this.#ageMs();
    if (ageMs >= STALE_AFTER_MS) await this.#refresh();
    else if (ageMs >= REFRESH_AFTER_MS) void this.#refresh();
  }

  /** Refused when the issuer has no such key; `auth_unavailable` when that cannot be known. */
  async find(kid: string, algorithm: Algorithm): Promise<Outcome<CryptoKey>> {
    await this.warm();
    let key = await this.#lookUp(kid, algorithm);
    if (key === undefined) {
      await this.#refresh();
      key = await this.#lookUp(kid, algorithm);
    }
    if (key !== undefined) return succeeded(key);
    if (this.#fetchSucceeded) return refuse('unknown_signing_key', kid);
    return failed(
      new Failure(
        'auth_unavailable',
        "the issuer's signing keys cannot be had right now; try again shortly",
        { retryAfterMs: PAUSE_MS },
      ),
    );
  }

  async #lookUp(kid: string, algorithm: Algorithm): Promise<CryptoKey | undefined> {
    return this.#ageMs() < UNUSABLE_AFTER_MS ? this.#known?.keys.find(kid, algorithm) : undefined;
  }

  #ageMs(): number {
    if (this.#known === undefined) return Number.POSITIVE_INFINITY;
    // A copy from the future would stay young for as long as it likes: it counts as new, once.
    return Math.max(0, this.#parts.clock.nowMs() - this.#known.fetchedAtMs);
  }

  #refresh(): Promise<void> {
    if (this.#fetching !== undefined) return this.#fetching;
    if (this.#isRecent(this.#fetchedAtMs)) return Promise.resolve();
    this.#fetchedAtMs = this.#parts.clock.nowMs();
    this.#fetching = this.#fetch(this.#fetchedAtMs).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(askedAtMs: number): Promise<void> {
    const { issuer, fetchJson, onProblem } = this.#parts;
    this.#fetchSucceeded = false;
    try {
      const keys = await fetchKeySet(issuer, fetchJson);
      this.#known = { keys, fetchedAtMs: askedAtMs, source: 'issuer' };
      this.#fetchSucceeded = true;
    } catch (cause) {
      onProblem('signing keys not fetched', cause);
      return;
    }
    await this.#save(this.#known);
  }

  async #save({ keys, fetchedAtMs }: Known): Promise<void> {
    try {
      await this.#parts.snapshot?.save({ keys: keys.toCopy(), fetchedAtMs });
    } catch (cause) {
      this.#parts.onProblem('signing keys not saved', cause);
    }
  }

  #restore(): Promise<void> {
    const { snapshot, clock } = this.#parts;
    if (snapshot === undefined || this.#known !== undefined) return Promise.resolve();
    if (this.#restoring !== undefined && this.#isRecent(this.#restoredAtMs)) return this.#restoring;
    this.#restoredAtMs = clock.nowMs();
    this.#restoring = this.#load(snapshot);
    return this.#restoring;
  }

  async #load(snapshot: JwksSnapshot): Promise<void> {
    try {
      const copy = await snapshot.load();
      if (copy === undefined || this.#known !== undefined) return;
      const fetchedAtMs = Math.min(copy.fetchedAtMs, this.#parts.clock.nowMs());
      this.#known = { keys: new KeySet({ keys: copy.keys }), fetchedAtMs, source: 'snapshot' };
    } catch (cause) {
      this.#parts.onProblem('saved signing keys not read', cause);
    }
  }

  #isRecent(atMs: number): boolean {
    const elapsedMs = this.#parts.clock.nowMs() - atMs;
    // A clock set back must not keep us from asking.
    return elapsedMs >= 0 && elapsedMs < PAUSE_MS;
  }
}
