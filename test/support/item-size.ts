import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * Bytes DynamoDB bills an item at: names and values, a number at about half a byte a digit.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

/** Write units an item costs: one for each kilobyte begun. */
export const writeUnits = (item: Readonly<Record<string, AttributeValue>>): number =>
  Math.ceil(itemSize(item) / 1024);

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  if (value.N !== undefined) return Math.ceil(value.N.replace('-', '').length / 2) + 1;
  if (value.SS !== undefined) return value.SS.reduce((sum, one) => sum + Buffer.byteLength(one), 3);
  throw new Error(`the size of ${Object.keys(value).join()} is not known here`);
}
