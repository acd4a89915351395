import { requestCost } from '../cost/request-cost.ts';
import type { Footprints, RequestFootprint } from '../cost/request-footprint.ts';
import { requestPrices } from '../cost/request-prices.ts';
import { TARGETS, type TargetName, targetNames } from '../stand/targets.ts';
import { EMPTY_CELL, table } from './cells.ts';

/** What each target's process needs; one start of each. */
interface ProcessFootprint {
  readonly startMs: number;
  readonly idleRssBytes: number;
  /** After every load of the run. */
  readonly loadedRssBytes: number;
}

export type ProcessFootprints = Readonly<Partial<Record<TargetName, ProcessFootprint>>>;

export function memorySection(processes: ProcessFootprints): string {
  const rows = targetNames.flatMap((name) => {
    const own = processes[name];
    if (own === undefined || name === 'direct') return [];
    const { startMs, idleRssBytes, loadedRssBytes } = own;
    return [[TARGETS[name], startMs.toFixed(0), mb(idleRssBytes), mb(loadedRssBytes)]];
  });
  return `## Memory and start

Resident memory of the process and its children, after its first three answers and after the whole run; the start is from the beginning of the process until it listened (third parties: until they answered), once.

${table(['start ms', 'RSS idle MB', 'RSS after load MB'], rows)}`;
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** The function waits this long for a stream, as an example. */
const SECONDS = [2, 8] as const;

export function costSection({ whole, streamed }: Footprints, memoryMb: number): string {
  const bills = SECONDS.map((seconds) => requestCost({ footprint: streamed, seconds, memoryMb }));
  const [short = []] = bills;
  const causes = short.map(({ cause }, index) => [
    cause.replace(/ \d+ s$/, ' for the stream'),
    ...bills.flatMap((bill) => [
      bill[index]?.quantity ?? EMPTY_CELL,
      usd(bill[index]?.usdPerMillion ?? 0),
    ]),
  ]);
  const totals = bills.flatMap((bill) => [
    '',
    `**${usd(bill.reduce((sum, { usdPerMillion }) => sum + usdPerMillion, 0))}**`,
  ]);
  return `## What a request leaves behind, and costs

Counted on the bundled gateway with real tables (an emulator) behind the real SDK, after a first request. Besides, an instance reads the routes' overrides at most once in 5 s.

${table(
  ['SDK calls', 'write units', 'log bytes', 'answer bytes'],
  [footprintRow('whole answer', whole), footprintRow('stream of 40 chunks', streamed)],
)}
Estimate for a million such streams, the model excluded: us-east-1 list prices of ${requestPrices.asOf} (\`test/bench/cost/request-prices.ts\` has the sources), ${memoryMb} MB of memory as the \`dev\` profile has it, free tiers left out.

${table(
  SECONDS.flatMap((seconds) => [`stream of ${seconds} s`, 'USD/million']),
  [...causes, ['all', ...totals]],
)}Not counted: the authorizer when its answer of the last 10 s does not serve, API Gateway's access log line, storage, backups, and CloudWatch's price per metric and month.
`;
}

const footprintRow = (name: string, footprint: RequestFootprint): readonly string[] => [
  name,
  Object.entries(footprint.calls)
    .map(([kind, count]) => `${count} × ${kind}`)
    .join(', '),
  String(footprint.writeUnits),
  String(footprint.logBytes),
  String(footprint.answerBytes),
];

const usd = (amount: number): string => amount.toFixed(2);
