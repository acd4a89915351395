import type { Failure } from './failure.ts';

/** What an operation that may be refused gives back: its value, or the failure that names why not. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export const succeeded = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const failed = (failure: Failure): Outcome<never> => ({ ok: false, failure });
