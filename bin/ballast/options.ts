import { type Command, InvalidArgumentError, Option } from 'commander';

/** Said instead of a number to remove a limit. */
const NO_LIMIT = 'none';

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}

// Commander takes a parser's `null` for a failure and makes it '': the word stays until the body.
const countLimit = (text: string): number | string =>
  text === NO_LIMIT ? NO_LIMIT : wholeNumber(text);

function usdLimit(text: string): string {
  if (text === NO_LIMIT || /^\d{1,7}(\.\d{1,9})?$/.test(text)) return text;
  throw new InvalidArgumentError('Expected US dollars such as 0.05, with at most 9 decimals.');
}

/** For an option that may be given more than once. */
export const collect = (text: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  text,
];

const keyLimitOptions = () => [
  new Option('--requests-per-minute <n>', `'${NO_LIMIT}' for no limit`).argParser(countLimit),
  new Option('--tokens-per-minute <n>', `'${NO_LIMIT}' for no limit`).argParser(countLimit),
  new Option('--tokens-per-day <n>', `'${NO_LIMIT}' for no limit`).argParser(countLimit),
  new Option('--usd-per-day <usd>', `budget, '${NO_LIMIT}' for none`).argParser(usdLimit),
  new Option('--usd-per-month <usd>', `budget, '${NO_LIMIT}' for none`).argParser(usdLimit),
];

export function addKeyLimitOptions(command: Command): Command {
  for (const option of keyLimitOptions()) command.addOption(option);
  return command;
}

export const addTenantLimitOptions = (command: Command): Command =>
  addKeyLimitOptions(command).addOption(
    new Option('--concurrent-requests <n>', `'${NO_LIMIT}' for no limit`).argParser(countLimit),
  );

/** As given on the command line; `none` removes a limit. */
export interface LimitOptions {
  readonly requestsPerMinute?: number | string;
  readonly tokensPerMinute?: number | string;
  readonly tokensPerDay?: number | string;
  readonly usdPerDay?: string;
  readonly usdPerMonth?: string;
  readonly concurrentRequests?: number | string;
}

/** The `limits` of a request body; absent when no limit was given. */
export function limitsBody(options: LimitOptions): { readonly limits?: object } {
  const limits = definedMembers({
    requests_per_minute: options.requestsPerMinute,
    tokens_per_minute: options.tokensPerMinute,
    tokens_per_day: options.tokensPerDay,
    usd_per_day: options.usdPerDay,
    usd_per_month: options.usdPerMonth,
    concurrent_requests: options.concurrentRequests,
  });
  const named = Object.entries(limits).map(([name, limit]) => [
    name,
    limit === NO_LIMIT ? null : limit,
  ]);
  return named.length === 0 ? {} : { limits: Object.fromEntries(named) };
}

/** `value` without the members that are undefined. */
export const definedMembers = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
