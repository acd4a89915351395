import { addedOf, ratioOf, seriesOf } from '../load/compare.ts';
import type { StreamLoad, WholeLoad } from '../load/loads.ts';
import type { LoadResult } from '../load/rounds.ts';
import { spreadOf } from '../load/spread.ts';
import { TARGETS, type TargetName, targetNames } from '../stand/targets.ts';
import { cell, EMPTY_CELL, percent, table } from './cells.ts';

/** What the ratios are to: Portkey where it could be had. */
const referenceOf = ({ targets }: LoadResult): TargetName =>
  targets.portkey === undefined ? 'bareProxy' : 'portkey';

const measured = ({ targets }: LoadResult): readonly TargetName[] =>
  targetNames.filter((name) => targets[name] !== undefined);

/** Whole answers. */
export function wholeSection(result: LoadResult, load: WholeLoad): string {
  const reference = referenceOf(result);
  const beside = `× ${TARGETS[reference]}`;
  const rows = measured(result).map((target) => {
    const own = (figure: string) => seriesOf(result, target, figure);
    const added = (figure: string, digits: number): string =>
      target === 'direct' ? EMPTY_CELL : cell(addedOf(result, target, figure), digits);
    const ratio = (of: typeof seriesOf, figure: string): string =>
      target === 'direct'
        ? EMPTY_CELL
        : cell(ratioOf(of(result, target, figure), of(result, reference, figure)), 2);
    return [
      TARGETS[target],
      cell(own('perSecond'), 0),
      added('p50Ms', 2),
      added('p99Ms', 1),
      cell(own('cpuUs'), 0),
      ratio(seriesOf, 'perSecond'),
      ratio(addedOf, 'p50Ms'),
      ratio(seriesOf, 'cpuUs'),
    ];
  });
  const { connections, upstreamMs } = load;
  const columns = [
    'requests/s',
    'added p50 ms',
    'added p99 ms',
    'CPU µs/request',
    `requests/s ${beside}`,
    `added p50 ${beside}`,
    `CPU ${beside}`,
  ];
  return `### ${connections} at once, upstream answers after ${upstreamMs} ms

${table(columns, rows)}${roundsNote(result)}`;
}

/** Streams. */
export function streamSection(result: LoadResult, load: StreamLoad): string {
  const reference = referenceOf(result);
  const rows = measured(result).map((target) => {
    const own = (figure: string) => seriesOf(result, target, figure);
    const added = (figure: string): string =>
      target === 'direct' ? cell(own(figure), 2) : cell(addedOf(result, target, figure), 2);
    const total = (figure: string): string =>
      String((own(figure) ?? []).reduce((sum, value) => sum + value, 0));
    const ratio =
      target === 'direct'
        ? EMPTY_CELL
        : cell(
            ratioOf(
              addedOf(result, target, 'firstTextP50Ms'),
              addedOf(result, reference, 'firstTextP50Ms'),
            ),
            2,
          );
    return [
      TARGETS[target],
      added('firstTextP50Ms'),
      ratio,
      `${added('firstWordP50Ms')} / ${added('firstWordP95Ms')}`,
      `${added('lastWordP50Ms')} / ${added('lastWordP95Ms')}`,
      `${total('lost')} / ${total('merged')} / ${total('streams')}`,
      cell(own('framesPerPiece'), 2),
      `${cell(own('cpuUs'), 0)} / ${cell(own('cpuPerChunkUs'), 0)}`,
    ];
  });
  const { connections, paceMs, text } = load;
  const pace = paceMs === 0 ? 'as fast as can be' : `a chunk each ${paceMs} ms`;
  const columns = [
    'added to first text, p50 ms',
    `× ${TARGETS[reference]}`,
    "added to a chunk's first word, p50 / p95 ms",
    "added to a chunk's last word, p50 / p95 ms",
    'words lost / frames merged / streams',
    'frames/read',
    'CPU µs/stream / chunk',
  ];
  return `### ${text === 'prose' ? 'Prose' : 'Personal data'}, ${connections} at once, ${pace}

${table(columns, rows)}${roundsNote(result)}`;
}

const roundsNote = ({ load, foreignCpu }: LoadResult): string =>
  `${load.rounds} rounds; others used ${percent(spreadOf(foreignCpu).median)} of the machine meanwhile.
`;
