import type { ColdStartFigures, ColdStarts } from './coldstart.ts';
import { type LoadFigures, type OverheadFigures, TARGETS, type TargetFigures } from './overhead.ts';
import type { Spread } from './spread.ts';

export interface BenchResults {
  /** The day it was run, ISO 8601. */
  readonly measuredOn: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly platform: string;
    readonly node: string;
  };
  readonly overhead: OverheadFigures;
  readonly coldStarts: ColdStarts;
}

const NAMES = {
  direct: 'no gateway',
  bareProxy: 'bare Node proxy',
  gateway: 'gateway, tables left out',
  gatewayOnAws: 'gateway, AWS SDK to a DynamoDB stub',
} as const satisfies Record<(typeof TARGETS)[number], string>;

/** The results as a page of the documentation. */
export const reportOf = (results: BenchResults): string =>
  [
    HEAD,
    machineOf(results),
    '## Overhead\n',
    overheadNote(results.overhead),
    ...results.overhead.loads.map(loadSection),
    '## Cold start\n',
    coldStartNote(results.coldStarts),
    coldStartTable(results.coldStarts),
    NOT_MEASURED,
  ].join('\n');

const HEAD = `<!-- Written by \`npm run bench\`; do not edit. -->

# Benchmarks

\`npm run bench\` measures what the gateway costs beside a bare Node proxy, and how its functions start beside an empty one. Everything runs on one machine over loopback, so only figures of the same run compare: read the ratios. Each figure is the median, with [least..greatest] of all slices or runs. Nothing here passes or fails; what must hold (bundle size, calls and write units per request) is counted by tests.
`;

const machineOf = ({ measuredOn, machine, overhead }: BenchResults): string => {
  const foreign = overhead.loads.map((load) => percent(load.foreignCpu.median)).join(', ');
  return `Measured ${measuredOn} on ${machine.cores} × ${machine.cpu} (${machine.platform}), Node ${machine.node}. Other work on the machine took ${foreign} of its CPU time during the four loads below: the higher, the less the milliseconds mean.
`;
};

const overheadNote = ({ rounds, sliceMs }: OverheadFigures): string =>
  `A 4 KB prompt, an answer of 200 tokens, a model that answers at once; streamed, it says half at once and half 5 ms later, which bounds requests/s. The gateway runs its real pipeline: parse, routes, the \`default\` guardrail on input and output, quota, audit, metrics and log lines. ${rounds} rounds of ${sliceMs} ms slices, all targets in turn; "added" is over no gateway, in the same round, p99 of all rounds together. CPU is that of the target's process alone.
`;

function loadSection({ stream, concurrency, targets }: LoadFigures): string {
  const what = stream ? 'Streamed' : 'Whole answers';
  const rows = TARGETS.map((target) => targetRow(NAMES[target], targets[target], stream));
  const firstText = stream ? ' added to first text, p50 ms |' : '';
  return `### ${what}, ${concurrency} at once

| | requests/s | added p50 ms | added p99 ms |${firstText} CPU µs/request | CPU × bare proxy | added p50 × bare proxy |
|---|---|---|---|${stream ? '---|' : ''}---|---|---|
${rows.join('\n')}
`;
}

function targetRow(name: string, figures: TargetFigures, stream: boolean): string {
  const direct = name === NAMES.direct;
  const added = (spread: Spread): string => (direct ? '–' : show(spread, 2));
  const cells = [
    name,
    show(figures.perSecond, 0),
    added(figures.addedP50Ms),
    direct ? '–' : figures.addedP99Ms.toFixed(2),
    ...(stream ? [added(figures.addedFirstTextMs)] : []),
    show(figures.cpuUs, 0),
    show(figures.cpuToBareProxy, 1),
    added(figures.addedP50ToBareProxy),
  ];
  return `| ${cells.join(' | ')} |`;
}

const coldStartNote = ({ runs }: ColdStarts): string =>
  `Each function bundled as it is deployed, in a new process: ${runs} starts, all functions in turn. "Ready" runs from the start of the process until the handler exists, and its ratio is to the empty handler of the same turn. "Static" is the code on the import path, the rest is loaded when it is needed. The second gateway calls an \`openai-compatible\` provider; its two requests go to the stubs.
`;

const coldStartTable = ({ functions }: ColdStarts): string =>
  `| | ready ms | × empty handler | import ms | first / second request ms | code KB, static / all |
|---|---|---|---|---|---|
${functions.map(coldStartRow).join('\n')}
`;

function coldStartRow(figures: ColdStartFigures): string {
  const { name, readyMs, readyToEmpty, importMs, firstMs, secondMs, bytes } = figures;
  const requests =
    firstMs === undefined || secondMs === undefined
      ? '–'
      : `${show(firstMs, 0)} / ${show(secondMs, 0)}`;
  const size =
    bytes === undefined ? '–' : `${kilobytes(bytes.staticBytes)} / ${kilobytes(bytes.totalBytes)}`;
  return `| ${[name, show(readyMs, 0), show(readyToEmpty, 1), show(importMs, 0), requests, size].join(' | ')} |`;
}

const NOT_MEASURED = `## Not measured

- AWS itself: network, TLS, the Lambda runtime, arm64, and DynamoDB's own time (single-digit milliseconds for each of two round trips one after the other, one of them before the model).
- The authorizer, API Gateway, and Bedrock's client in a request.
- A model that takes its time: chunks at a real pace, and many streams held open at once.
- Other gateways, memory, and runs longer than the warm-up of Node's compiler.

All figures: [\`test/bench/results/latest.json\`](../test/bench/results/latest.json).
`;

const show = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} [${min.toFixed(digits)}..${max.toFixed(digits)}]`;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(0);
