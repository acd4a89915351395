import type { ColdStarts } from '../coldstart/coldstart.ts';
import type { Footprints } from '../cost/request-footprint.ts';
import type { LoadResult } from '../load/rounds.ts';
import { spreadOf } from '../load/spread.ts';
import type { Skipped } from '../stand/stand.ts';
import { TARGETS } from '../stand/targets.ts';
import { pinnedVersions } from '../stand/third-party.ts';
import { percent } from './cells.ts';
import { coldStartSection } from './cold-start-section.ts';
import { costSection, memorySection, type ProcessFootprints } from './footprint-sections.ts';
import { goalsSection } from './goals-section.ts';
import { streamSection, wholeSection } from './load-sections.ts';

export interface BenchResults {
  /** The day it was run, ISO 8601. */
  readonly measuredOn: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly platform: string;
    readonly node: string;
  };
  /** Each target had a core to itself. */
  readonly pinned: boolean;
  readonly skipped: readonly Skipped[];
  /** Planted in our gateway; 0 in every run that is worth publishing. */
  readonly plantSleepMs: number;
  readonly loads: readonly LoadResult[];
  readonly processes: ProcessFootprints;
  readonly footprints: Footprints;
  /** Of the gateway function in the `dev` profile. */
  readonly gatewayMemoryMb: number;
  readonly coldStarts: ColdStarts;
}

/** The results as a page of the documentation. */
export const reportOf = (results: BenchResults): string =>
  [
    HEAD,
    goalsSection(results.loads),
    settingSection(results),
    '## Whole answers\n',
    ...results.loads.flatMap((result) =>
      result.load.kind === 'whole' ? [wholeSection(result, result.load)] : [],
    ),
    '## Streams\n',
    STREAMS,
    ...results.loads.flatMap((result) =>
      result.load.kind === 'stream' ? [streamSection(result, result.load)] : [],
    ),
    memorySection(results.processes),
    coldStartSection(results.coldStarts),
    costSection(results.footprints, results.gatewayMemoryMb),
    NOT_MEASURED,
  ].join('\n');

const HEAD = `<!-- Written by \`npm run bench\`; do not edit. -->

# Benchmarks

\`npm run bench\` measures what the gateway costs beside other gateways and beside bare proxies, all in one run on one machine over loopback. Only figures of the same run compare: read the ratios. Each figure is the median of the rounds with [least..greatest]. \`npm run bench -- --quick --gate\` takes about two minutes and fails when a goal is missed by more than half as much again; what can be counted (bundle size, calls, write units and log bytes per request) is held by tests.
`;

function settingSection(results: BenchResults): string {
  const { measuredOn, machine, pinned, skipped, plantSleepMs, loads } = results;
  const foreign = spreadOf(loads.flatMap(({ foreignCpu }) => foreignCpu));
  const lines = [
    `Measured ${measuredOn} on ${machine.cores} × ${machine.cpu} (${machine.platform}), Node ${machine.node}. ${pinned ? 'The target had one core to itself; load generator, upstream and DynamoDB stub shared another.' : 'Processes were not bound to cores: requests/s are not those of one core.'} Others used ${percent(foreign.median)} of the machine (at most ${percent(foreign.max)} in a slice): the higher, the less the milliseconds mean.`,
    'A 4 KB prompt; an answer of 1.1 KB, whole or as 40 chunks. Slices of all targets in turn, round after round, each target in its own process, warmed up before. p99 is over thirds of the rounds. CPU is that of the process that is the target, with its children.',
    `The gateway runs its real pipeline: parse, routes, the \`default\` guardrail on input and output, quota, audit, metrics and log lines; its caller is known to it, as it is behind API Gateway. Once its tables are left out, once they are behind the real AWS SDK and a stub on loopback. Portkey is its npm package, with and without six \`default.regexMatch\` guards on the prompt; its answers are not guarded. LiteLLM is its proxy with one worker and no key. The Hono proxy is what Portkey stands on, without features. Pinned in \`test/bench/third-party\`: ${pinnedVersions().join(', ')}.`,
    ...(plantSleepMs > 0 ? [`**${plantSleepMs} ms of sleep were planted in the gateway.**`] : []),
    ...skipped.map(({ target, why }) => `SKIPPED ${TARGETS[target]}: ${why}`),
  ];
  return `## Setting

${lines.join('\n\n')}
`;
}

const STREAMS = `Each chunk carries the time of its sending in its first and in its last word. "Added to a chunk's first word" is what the gateway takes to pass a chunk on. "Added to its last word" includes what a guardrail holds back: ours keeps the last word of a chunk until the next shows where it ends, so that nothing is let out that should have been redacted. "Frames/read" are frames in one piece as HTTP parted them. For no gateway the times themselves are given. Prose runs through the guardrail too; personal data is a card, an address or an account in every chunk, redacted by ours.
`;

const NOT_MEASURED = `## Not measured

- AWS itself: network, TLS, the Lambda runtime, arm64, and DynamoDB's own time (single-digit milliseconds for each of two round trips one after the other, one of them before the model).
- The authorizer, API Gateway, and Bedrock's client in a request.
- Runs longer than ten minutes, more than 50 requests at once, and answers longer than 40 chunks.
- Other gateways than these, and these with other settings: caches, databases, several workers.

All figures, round by round: [\`test/bench/results/latest.json\`](../test/bench/results/latest.json).
`;
