interface Reader<T> {
  (raw: string): T;
  /** What an unset variable reads as; absent where it must be set. */
  readonly unset?: string;
}

export const text: Reader<string> = (raw) => raw;

export const url: Reader<string> = (raw) => {
  if (!URL.canParse(raw)) throw new Error(`expected a URL, got '${raw}'`);
  return raw;
};

/** A comma-separated list; the empty string is the empty list. */
export const list: Reader<readonly string[]> = (raw) => (raw === '' ? [] : raw.split(','));

/** A variable that may be left out: unset and empty both read as `undefined`. */
export const optional = <T>(read: Reader<T>): Reader<T | undefined> =>
  Object.assign((raw: string) => (raw === '' ? undefined : read(raw)), { unset: '' });

type Shape = Record<string, Reader<unknown>>;

export interface Env<S extends Shape> {
  /** Synth time: the variables a function gets. Leaving one out does not compile. */
  toLambda(values: { readonly [K in keyof S]: ReturnType<S[K]> }): Record<string, string>;
  /** Run time, once per cold start. Throws naming the variable that is missing or malformed. */
  parse(source: Readonly<Record<string, string | undefined>>): {
    readonly [K in keyof S]: ReturnType<S[K]>;
  };
}

/** The environment of one function, said once and checked at both ends. */
export function defineEnv<S extends Shape>(shape: S): Env<S> {
  return {
    toLambda: (values) =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          value === undefined ? '' : `${value}`,
        ]),
      ),
    parse: (source) =>
      Object.fromEntries(
        Object.entries(shape).map(([name, read]) => {
          const raw = source[name] ?? read.unset;
          if (raw === undefined) throw new Error(`environment variable ${name} is not set`);
          try {
            return [name, read(raw)];
          } catch (cause) {
            throw new Error(`environment variable ${name}: ${(cause as Error).message}`, { cause });
          }
        }),
      ) as ReturnType<Env<S>['parse']>,
  };
}
