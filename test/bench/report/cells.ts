import { type Spread, spreadOf } from '../load/spread.ts';

export const EMPTY_CELL = '–';

/** Median and range of what was measured, or a dash. */
export const cell = (series: readonly number[] | undefined, digits: number): string =>
  series === undefined || series.length === 0 ? EMPTY_CELL : show(spreadOf(series), digits);

export const show = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} [${min.toFixed(digits)}..${max.toFixed(digits)}]`;

export const percent = (share: number): string => `${Math.round(100 * share)} %`;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A table in Markdown; the first column has no name. */
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(['', ...columns]), `|${'---|'.repeat(columns.length + 1)}`, ...rows.map(row), ''].join('\n');
