const DIGITS = 4;
/** No string holds a line feed as it is: what begins with one is no text. */
const NUMBERS = /\[\n\s+([-+.,\deE\s]+?)\s+\]/g;

/** Indented, but lists of numbers on one line; fractions to four digits. */
export const toJson = (value: object): string => {
  const text = JSON.stringify(
    value,
    (_key, inner: unknown) =>
      typeof inner === 'number' && !Number.isInteger(inner)
        ? Number(inner.toPrecision(DIGITS))
        : inner,
    2,
  );
  return `${text.replaceAll(NUMBERS, (_all, list: string) => `[${list.replaceAll(/\s+/g, ' ')}]`)}\n`;
};
