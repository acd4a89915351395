/** What a log line says of something thrown. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  /** A `Failure`'s, an SDK's or Node's code. */
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
  /** The parts of an `AggregateError`. */
  readonly errors?: readonly DescribedError[];
}

const LONGEST_MESSAGE = 1_000;
const LONGEST_STACK = 4_000;
const DEEPEST_CAUSE = 4;
const MOST_ERRORS = 10;

/**
 * Name, message, stack and code, and the same of the cause; no other property, for an SDK hangs the
 * request and its body on its errors. A parser's message quotes its input, so it is withheld.
 */
export function describeError(thrown: unknown, depth = 0): DescribedError {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: 'not an Error' };
  const withheld = thrown instanceof SyntaxError;
  const message = withheld ? 'message withheld: it may quote the input' : thrown.message;
  const { code, errors } = thrown as { readonly code?: unknown; readonly errors?: unknown };
  const deeper = depth < DEEPEST_CAUSE;
  return {
    name: thrown.name,
    message: message.slice(0, LONGEST_MESSAGE),
    ...(typeof code === 'string' ? { code } : {}),
    ...(thrown.stack === undefined ? {} : { stack: frames(thrown.stack) }),
    ...(deeper && thrown.cause !== undefined
      ? { cause: describeError(thrown.cause, depth + 1) }
      : {}),
    ...(deeper && Array.isArray(errors)
      ? { errors: errors.slice(0, MOST_ERRORS).map((error) => describeError(error, depth + 1)) }
      : {}),
  };
}

/** The stack without the message it begins with. */
function frames(stack: string): string {
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return lines.join('\n').slice(0, LONGEST_STACK);
}
