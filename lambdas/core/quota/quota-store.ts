import type { Amounts, Limits, ScopedLimits } from './limits.ts';

export interface ReserveRequest {
  /** The inference's ULID; its time decides the windows. */
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly limits: ScopedLimits;
  readonly amounts: Amounts;
  /** After this the reservation counts as an orphan. */
  readonly expiresAtMs: number;
}

/** Quota set aside for one inference before its true cost is known. */
export interface Reservation {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly amounts: Amounts;
  readonly expiresAtMs: number;
  /** Names of the windows the amounts were added to. */
  readonly windows: readonly string[];
  /**
   * How many reservations this tenant had been granted this month, this one included; absent when
   * the answer that said so was lost and only the grant is known.
   */
  readonly seq?: number;
}

/** As much of a reservation as settling it takes, and as its marker tells. */
export type OpenReservation = Omit<Reservation, 'seq' | 'keyId'>;

/** How a rate stands after the write that decided, for `x-ratelimit-*`; the tightest scope counts. */
export interface RateStanding {
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAtMs: number;
}

export interface QuotaStanding {
  readonly requests?: RateStanding;
  readonly tokens?: RateStanding;
}

export interface QuotaRefusal {
  readonly scope: 'tenant' | 'key';
  readonly limit: keyof Limits;
  readonly allowed: number;
  /** Already used or reserved, in the limit's unit. */
  readonly used: number;
  /** What this request asked to add. */
  readonly asked: number;
  /** When the window rolls over; absent for concurrency. */
  readonly resetsAtMs?: number;
}

export type ReserveOutcome =
  | { readonly granted: true; readonly reservation: Reservation; readonly standing: QuotaStanding }
  | { readonly granted: false; readonly refusal: QuotaRefusal; readonly standing: QuotaStanding };

/**
 * Port. Keeps every window of a tenant and of its keys.
 *
 * Rejects only when the store cannot answer; the caller then fails closed.
 */
export interface QuotaStore {
  /**
   * Checks and takes from all windows in one atomic step: two callers can never both take the last
   * tokens, and a refusal takes nothing. Asking again with the same id is granted once.
   */
  reserve(request: ReserveRequest): Promise<ReserveOutcome>;
  /**
   * Replaces the reserved amounts with what was used. Settling twice is a no-op.
   *
   * @returns false when there was nothing (any more) to settle.
   */
  settle(reservation: OpenReservation, used: Amounts): Promise<boolean>;
}

/** Port. What the reconciler needs besides. */
export interface OrphanedReservations {
  /** Reservations whose expiry is before `nowMs`, in no particular order. */
  expired(nowMs: number): AsyncIterable<OpenReservation>;
}
