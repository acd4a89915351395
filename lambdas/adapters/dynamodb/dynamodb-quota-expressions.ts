import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Amounts } from '#core/quota/limits.ts';
import { encodeMarker } from '#core/quota/marker.ts';
import type { OpenReservation, ReserveRequest } from '#core/quota/quota-store.ts';
import { measureOf } from '#core/quota/windows.ts';
import { ulidTimeMs } from '#core/time/ulid.ts';
import { tables } from './contract.ts';
import {
  expiredNames,
  INLINE_KEYS,
  markerName,
  OPEN,
  Placeholders,
  type QuotaImage,
  SEQUENCE,
  timeToLiveOf,
} from './dynamodb-quota-item.ts';
import { MOST_INLINE_KEYS, type Slot } from './dynamodb-quota-slots.ts';

export interface UpdateExpression {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

/** More removals than this wait for the next write: an expression has a size limit too. */
const MOST_REMOVALS = 40;

/** Takes from every window of a slot, if all have room and the reservation is new. */
export function takeExpression(
  request: ReserveRequest,
  slot: Slot,
  lastSeen: QuotaImage | undefined,
): UpdateExpression {
  const { id, amounts, expiresAtMs } = request;
  const at = new Placeholders();
  const marker = at.name(markerName(id));
  const { scopes } = slot;
  const value = at.value({ S: encodeMarker({ amounts, expiresAtMs, scopes }) });
  const set = [
    `${marker} = ${value}`,
    `${at.name(tables.quota.timeToLive)} = ${at.number(timeToLiveOf(id))}`,
  ];
  const one = at.number(1);
  const add = [`${at.name(SEQUENCE)} ${one}`, `${at.name(OPEN)} ${one}`];
  const conditions = [`attribute_not_exists(${marker})`];
  for (const { window, allowed, amount } of slot.demands) {
    const name = at.name(window.name);
    add.push(`${name} ${at.number(amount)}`);
    // Conditions cannot add: what may be there already is worked out here.
    if (allowed !== undefined) conditions.push(atMost(at, name, allowed - amount));
  }
  if (slot.concurrent !== undefined) {
    conditions.push(atMost(at, at.name(OPEN), slot.concurrent - 1));
  }
  if (slot.inlineKey !== undefined) {
    const keys = at.name(INLINE_KEYS);
    add.push(`${keys} ${at.value({ SS: [slot.inlineKey] })}`);
    const has = `contains(${keys}, ${at.value({ S: slot.inlineKey })})`;
    const room = `size(${keys}) < ${at.number(MOST_INLINE_KEYS)}`;
    conditions.push(`(attribute_not_exists(${keys}) OR ${has} OR ${room})`);
  }
  const expired = lastSeen === undefined ? [] : expiredNames(lastSeen, ulidTimeMs(id));
  const remove = expired.slice(0, MOST_REMOVALS).map((name) => at.name(name));
  return {
    UpdateExpression: [
      `SET ${set.join(', ')}`,
      `ADD ${add.join(', ')}`,
      ...(remove.length === 0 ? [] : [`REMOVE ${remove.join(', ')}`]),
    ].join(' '),
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: at.names,
    ExpressionAttributeValues: at.values,
  };
}

/** Where nothing at all may be there, a window that does not exist is no room either. */
const atMost = (at: Placeholders, name: string, most: number): string =>
  most < 0
    ? `${name} <= ${at.number(most)}`
    : `(attribute_not_exists(${name}) OR ${name} <= ${at.number(most)})`;

/** Replaces what was reserved with what was used, if the reservation is still open. */
export function giveExpression(reservation: OpenReservation, used: Amounts): UpdateExpression {
  const at = new Placeholders();
  const marker = at.name(markerName(reservation.id));
  const add = [`${at.name(OPEN)} ${at.number(-1)}`];
  const conditions = [`attribute_exists(${marker})`];
  for (const window of reservation.windows) {
    const measure = measureOf(window);
    const difference = used[measure] - reservation.amounts[measure];
    if (difference === 0) continue;
    const name = at.name(window);
    add.push(`${name} ${at.number(difference)}`);
    conditions.push(`attribute_exists(${name})`);
  }
  return {
    UpdateExpression: `ADD ${add.join(', ')} REMOVE ${marker}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: at.names,
    ExpressionAttributeValues: at.values,
  };
}
