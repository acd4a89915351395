import type { ColdStartFigures, ColdStarts } from '../coldstart/coldstart.ts';
import { EMPTY_CELL, show, table } from './cells.ts';

export const coldStartSection = ({ runs, functions }: ColdStarts): string => `## Cold start

Each function bundled as it is deployed, in a new process: ${runs} starts, all functions in turn. "Ready" runs from the start of the process until the handler exists, and its ratio is to the empty handler of the same turn. "Static" is the code on the import path, the rest is loaded when it is needed. The second gateway calls an \`openai-compatible\` provider; its two requests go to the stubs.

${table(
  [
    'ready ms',
    '× empty handler',
    'import ms',
    'first / second request ms',
    'code KB, static / all',
  ],
  functions.map(coldStartRow),
)}`;

function coldStartRow(figures: ColdStartFigures): readonly string[] {
  const { name, readyMs, readyToEmpty, importMs, firstMs, secondMs, bytes } = figures;
  const requests =
    firstMs === undefined || secondMs === undefined
      ? EMPTY_CELL
      : `${show(firstMs, 0)} / ${show(secondMs, 0)}`;
  const size =
    bytes === undefined
      ? EMPTY_CELL
      : `${kilobytes(bytes.staticBytes)} / ${kilobytes(bytes.totalBytes)}`;
  return [name, show(readyMs, 0), show(readyToEmpty, 1), show(importMs, 0), requests, size];
}

const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(0);
