import { expect } from 'vitest';
import type { AuditRecord } from '#core/audit/audit-record.ts';
import { type ClientAnswer, type ClientRequest, readAnswer, sendChat } from './client-answer.ts';
import {
  auditRecordsOf,
  loggedCompletions,
  openMarkersOf,
  reconcileLater,
  settledBy,
} from './evidence.ts';
import type { Exchange } from './fault-proxy.ts';
import {
  type FaultyPlatform,
  type FaultyPlatformOptions,
  SECRETS,
  startFaultyPlatform,
} from './faulty-platform.ts';
import { brokenInvariants, type Evidence } from './invariants.ts';

/** A platform whose dependencies can fail, a client before it, and a judge of what was left behind. */
export interface FaultBench extends FaultyPlatform {
  /** Asks once and reads to the end; the answer counts as evidence. */
  ask(request?: ClientRequest): Promise<ClientAnswer>;
  /** Asks, and gives the response as soon as its head has come; read it with `read`. */
  open(request?: ClientRequest): Promise<Response>;
  read(response: Response): Promise<ClientAnswer>;
  /** Calls of models that have arrived. */
  modelCalls(): readonly Exchange[];
  /** The audit record of the latest request. */
  lastRecord(): Promise<AuditRecord | undefined>;
  /** Tokens used by both tenants so far. */
  usedTokens(): Promise<number>;
  /** All that was left behind, once the reconciler has been there if there was work for it. */
  evidence(): Promise<Evidence>;
  /** Fails when an invariant is broken, and ends the platform in any case. */
  end(): Promise<void>;
}

const TENANTS = ['acme', 'globex'];

export async function startFaultBench(options: FaultyPlatformOptions = {}): Promise<FaultBench> {
  const platform = await startFaultyPlatform(options);
  const answers: ClientAnswer[] = [];
  const { dynalite, clock } = platform;
  const open = (request: ClientRequest = {}): Promise<Response> =>
    sendChat(platform.baseUrl, `tell me of ${SECRETS.prompt}`, { key: SECRETS.key, ...request });
  const read = async (response: Response): Promise<ClientAnswer> => {
    const answer = await readAnswer(response);
    answers.push(answer);
    return answer;
  };
  const settledTokens = async (): Promise<number> => {
    await platform.settled();
    return (await settledBy(TENANTS, dynalite.client, clock.nowMs())).tokens;
  };
  const bench: FaultBench = {
    ...platform,
    open,
    read,
    ask: async (request) => read(await open(request)),
    modelCalls: () => modelCallsOf(platform),
    lastRecord: async () => {
      await platform.settled();
      const id = answers.at(-1)?.headers.get('x-request-id');
      const records = await auditRecordsOf(dynalite.client, clock);
      return records.find(({ intent, completion }) => (intent ?? completion)?.id === id);
    },
    usedTokens: settledTokens,
    evidence: () => gather(platform, answers),
    end: async () => {
      platform.dynamodb.heal();
      try {
        expect(await brokenInvariants(await gather(platform, answers))).toEqual([]);
      } finally {
        await platform.close();
      }
    },
  };
  return bench;
}

const modelCallsOf = ({ first, second, bedrock }: FaultyPlatform): readonly Exchange[] =>
  [first, second, bedrock].flatMap(({ exchanges }) => exchanges);

async function gather(
  platform: FaultyPlatform,
  answers: readonly ClientAnswer[],
): Promise<Evidence> {
  await platform.settled();
  const { dynalite, clock, log, metrics, spilled } = platform;
  const { client } = dynalite;
  if ((await openMarkersOf(client)).length > 0 || spilled.waiting.length > 0) {
    await reconcileLater({ client, clock, log, metrics, queueUrl: spilled.url });
  }
  const records = await auditRecordsOf(client, clock);
  const logged = loggedCompletions(log);
  return {
    answers,
    modelCalls: modelCallsOf(platform).map(billedBy),
    records: records.map((record) => {
      const completion = logged.find(({ id }) => id === (record.intent ?? record.completion)?.id);
      return completion === undefined ? record : { completion, ...record };
    }),
    settled: await settledBy(TENANTS, client, clock.nowMs()),
    openMarkers: await openMarkersOf(client),
    written: [...log.lines, ...metrics.emitted.map((one) => JSON.stringify(one))],
    secrets: Object.values(SECRETS),
  };
}

/** The total a provider named last in what it was heard to say. */
function billedBy({ given }: Exchange): number | undefined {
  const totals = [...given.toString('latin1').matchAll(/"total_?[tT]okens":\s*(\d+)/g)];
  const last = totals.at(-1)?.[1];
  return last === undefined ? undefined : Number(last);
}
