import type { Caller } from '../identity/caller.ts';
import { MINUTE_MS } from '../time/clock.ts';

export interface RefusalRecording {
  /** Whether this refusal gets a record of its own. */
  readonly record: boolean;
  /** Refusals of the same key since the last recorded one that got none; 0 unless `record`. */
  readonly unrecorded: number;
}

export interface RefusalLimits {
  /**
   * Refusals of one key that are recorded one by one within a calendar minute.
   *
   * @default 10
   */
  readonly perMinute?: number;
  /**
   * Keys that are remembered; the one that was refused longest ago is forgotten first, and what was
   * counted for it then survives in the metrics only.
   *
   * @default 10,000
   */
  readonly keys?: number;
}

interface KeyRefusals {
  readonly minute: number;
  readonly recorded: number;
  readonly unrecorded: number;
}

/** One OAuth2 client may speak for many tenants, and its key id is then the same for all. */
type Refused = Pick<Caller, 'tenantId' | 'keyId'>;

const nameOf = ({ tenantId, keyId }: Refused): string => `${tenantId}/${keyId}`;

/** Records a key's refusals one by one, and counts them once there are too many in a minute. */
export class RefusalLimiter {
  /** In the order of their latest refusal, so that the first is the one to forget. */
  readonly #refusals = new Map<string, KeyRefusals>();
  readonly #perMinute: number;
  readonly #keys: number;

  constructor({ perMinute = 10, keys = 10_000 }: RefusalLimits = {}) {
    this.#perMinute = perMinute;
    this.#keys = keys;
  }

  /** Takes note of one refusal; call it once for each. */
  refuse(refused: Refused, nowMs: number): RefusalRecording {
    const name = nameOf(refused);
    const minute = Math.floor(nowMs / MINUTE_MS);
    const recorded = this.#recordedIn(minute, name);
    const unrecorded = this.#refusals.get(name)?.unrecorded ?? 0;
    const record = recorded < this.#perMinute;
    this.#refusals.delete(name);
    this.#refusals.set(
      name,
      record
        ? { minute, recorded: recorded + 1, unrecorded: 0 }
        : { minute, recorded, unrecorded: unrecorded + 1 },
    );
    this.#forgetOldest();
    return { record, unrecorded: record ? unrecorded : 0 };
  }

  /** Would a refusal now be counted only? */
  isCounting(refused: Refused, nowMs: number): boolean {
    return this.#recordedIn(Math.floor(nowMs / MINUTE_MS), nameOf(refused)) >= this.#perMinute;
  }

  #recordedIn(minute: number, name: string): number {
    const refusals = this.#refusals.get(name);
    return refusals?.minute === minute ? refusals.recorded : 0;
  }

  #forgetOldest(): void {
    if (this.#refusals.size <= this.#keys) return;
    const [oldest] = this.#refusals.keys();
    if (oldest !== undefined) this.#refusals.delete(oldest);
  }
}
