import type { Amounts } from '#core/quota/limits.ts';
import type {
  QuotaRefusal,
  QuotaStore,
  Reservation,
  ReserveOutcome,
  ReserveRequest,
} from '#core/quota/quota-store.ts';

/** A quota store that grants everything until it is told otherwise, and keeps the books. */
export class MemoryQuotaStore implements QuotaStore {
  readonly open = new Map<string, Reservation>();
  readonly settled: { readonly id: string; readonly used: Amounts }[] = [];
  refusal: QuotaRefusal | undefined;
  down = false;
  /** Refuses to settle, as a store that goes away between the two writes. */
  settlesNothing = false;

  async reserve(request: ReserveRequest): Promise<ReserveOutcome> {
    if (this.down) throw new Error('the quota table is down');
    if (this.refusal !== undefined) return { granted: false, refusal: this.refusal, standing: {} };
    const { limits: _limits, ...rest } = request;
    const reservation = { ...rest, windows: [], seq: this.open.size + this.settled.length + 1 };
    this.open.set(request.id, reservation);
    return { granted: true, reservation, standing: {} };
  }

  async settle(reservation: Reservation, used: Amounts): Promise<boolean> {
    if (this.settlesNothing) throw new Error('the quota table is down');
    if (!this.open.delete(reservation.id)) return false;
    this.settled.push({ id: reservation.id, used });
    return true;
  }
}
