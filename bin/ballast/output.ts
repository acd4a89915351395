import { CliError } from './cli-error.ts';
import type { Host } from './host.ts';

/** The only place that writes: one result on standard output, one error on standard error. */
export class Output {
  readonly #host: Pick<Host, 'out' | 'err'>;
  readonly json: boolean;

  constructor(host: Pick<Host, 'out' | 'err'>, json: boolean) {
    this.#host = host;
    this.json = json;
  }

  /** The result of a command: one JSON document, or the text for people. */
  result(document: object, text: string): void {
    this.#host.out(this.json ? `${JSON.stringify(document, undefined, 2)}\n` : `${text}\n`);
  }

  error(thrown: unknown): void {
    const error = thrown instanceof CliError ? thrown : unexpected(thrown);
    if (this.json) {
      const { code, message, status, requestId } = error;
      const document = { error: { code, message, status, request_id: requestId } };
      this.#host.err(`${JSON.stringify(document)}\n`);
      return;
    }
    const request = error.requestId === undefined ? '' : `\nx-request-id: ${error.requestId}`;
    this.#host.err(`${printable(`error: ${error.message} (${error.code})${request}`)}\n`);
  }
}

function unexpected(thrown: unknown): CliError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CliError('unexpected', message, { cause: thrown });
}

type Cell = string | number | boolean | null | undefined;

/** Columns as wide as their widest cell; a `null` or absent cell is a dash. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return 'none';
  const lines = [headings, ...rows.map((row) => row.map(cellText))];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

const cellText = (cell: Cell): string => (cell === null ? '-' : printable(String(cell ?? '-')));

/** A record as `name  value` lines, members of members as `name.member`. */
export function fields(record: object): string {
  const rows = flatten('', record);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

function flatten(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === null || value === undefined) return [[name, '-']];
  if (typeof value !== 'object') return [[name, printable(String(value))]];
  const members = Object.entries(value);
  if (members.length === 0) return [[name, 'none']];
  return members.flatMap(([member, inner]) =>
    flatten(name === '' ? member : `${name}.${member}`, inner),
  );
}

/** A server's text must not move the cursor or recolour the terminal. */
const printable = (text: string): string => text.replace(/(?!\n)\p{Cc}/gu, '\u{fffd}');
