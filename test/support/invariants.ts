import { APIConnectionError } from 'openai';
import type { AuditRecord } from '#core/audit/audit-record.ts';
import type { Amounts } from '#core/quota/limits.ts';
import { type ClientAnswer, framesIn, sdkErrorOf } from './client-answer.ts';

/** What is left behind by everything that was asked of a platform. */
export interface Evidence {
  readonly answers: readonly ClientAnswer[];
  /** Tokens that each call of a model was billed, as its provider said; undefined where it did not say. */
  readonly modelCalls: readonly (number | undefined)[];
  /** From the audit log, the spill queue and the log: whatever has an intent or a completion. */
  readonly records: readonly AuditRecord[];
  /** Of all tenants, in this month. */
  readonly settled: Pick<Amounts, 'tokens' | 'nanoUsd'>;
  /** Names of reservations nobody has settled. */
  readonly openMarkers: readonly string[];
  /** Log lines and measurements. */
  readonly written: readonly string[];
  /** Texts that nobody may read there, nor in an error. */
  readonly secrets: readonly string[];
}

/** Every invariant that does not hold, in a sentence each; empty when all is well. */
export async function brokenInvariants(evidence: Evidence): Promise<readonly string[]> {
  const errors = await Promise.all(evidence.answers.map(brokenError));
  return [
    ...brokenAttempts(evidence),
    ...brokenBooks(evidence),
    ...brokenRecords(evidence),
    ...errors.flat(),
    ...leaks(evidence),
  ];
}

/** Every call of a model is an attempt of one intent, and none has more than it allowed. */
function brokenAttempts({ modelCalls, records }: Evidence): string[] {
  let allowed = 0;
  const broken: string[] = [];
  for (const { intent, completion } of records) {
    const attempts = completion?.attempts.length ?? 0;
    const most = intent?.maxAttempts ?? 0;
    // Whoever died in the midst of it could not list them.
    allowed += completion === undefined || completion.outcome === 'abandoned' ? most : attempts;
    if (attempts > most) {
      broken.push(`${completion?.id} lists ${attempts} attempts, its intent allows ${most}`);
    }
  }
  if (modelCalls.length > allowed) {
    broken.push(`models were called ${modelCalls.length} times, the records tell of ${allowed}`);
  }
  return broken;
}

/** What was settled is what the records say was used; and that is what was billed, or says it is estimated. */
function brokenBooks({ records, settled, modelCalls }: Evidence): string[] {
  const completions = records.flatMap(({ completion }) => completion ?? []);
  const tokens = sum(completions.map(({ usage }) => usage?.usage.total_tokens ?? 0));
  const nanoUsd = sum(completions.map((completion) => completion.nanoUsd));
  const billed = sum(modelCalls.map((call) => call ?? 0));
  const estimated = completions.some(({ usage }) => usage?.source === 'estimated');
  const broken: string[] = [];
  if (settled.tokens !== tokens || settled.nanoUsd !== nanoUsd) {
    broken.push(
      `settled are ${settled.tokens} tokens and ${settled.nanoUsd} nano-dollars, the records say ${tokens} and ${nanoUsd}`,
    );
  }
  if (estimated ? tokens < billed : tokens !== billed) {
    broken.push(
      `models billed ${billed} tokens, the records say ${tokens}, estimated: ${estimated}`,
    );
  }
  return broken;
}

/** Every intent is closed by a completion, and no reservation stays open. */
function brokenRecords({ records, openMarkers }: Evidence): string[] {
  return [
    ...records
      .filter(({ completion }) => completion === undefined)
      .map(({ intent }) => `${intent?.id} has an intent and no completion`),
    ...openMarkers.map((name) => `${name} is reserved for good`),
  ];
}

const REQUEST_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Every error has a request id and is one of the official SDK's own classes. */
async function brokenError(answer: ClientAnswer): Promise<string[]> {
  const { status, headers, text, code } = answer;
  const failed = status >= 400 || code !== undefined;
  if (!REQUEST_ID.test(headers.get('x-request-id') ?? '')) return [`${status} has no x-request-id`];
  if (!failed) return [];
  const shape =
    /^\{"error":\{"message":".+","type":"[a-z_]+","param":(?:null|"[^"]*"),"code":"[a-z_]+"\}\}$/s;
  const said = status >= 400 ? text : (framesIn(answer).at(-1) ?? '');
  if (!shape.test(said)) return [`${status} is not of the OpenAI shape: ${said.slice(0, 200)}`];
  const error = await sdkErrorOf(answer);
  if (error === undefined || error instanceof APIConnectionError || error.code !== code) {
    return [`the SDK takes ${status} ${code} for ${error?.constructor.name} ${error?.code}`];
  }
  if (status >= 400 && headers.get('x-should-retry') === null) {
    return [`${status} ${code} does not say whether to try again`];
  }
  return [];
}

/** Nothing a client keeps to itself is in a log line, a measurement or an error. */
function leaks({ written, answers, secrets }: Evidence): string[] {
  const errors = answers.flatMap((answer) => {
    if (answer.code === undefined) return [];
    return answer.status >= 400 ? [answer.text] : framesIn(answer).slice(-1);
  });
  return [...written, ...errors].flatMap((text) =>
    secrets
      .filter((secret) => text.includes(secret))
      .map((secret) => `'${secret}' is written in: ${text.slice(0, 300)}`),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
