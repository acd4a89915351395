import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptProgram } from '../peers/keeper.ts';
import type { UpstreamConduct } from '../peers/upstream.ts';
import { distrustInstallations } from './install.ts';
import { bundlePeers, Peer } from './peer.ts';
import { onCore, type Placement } from './placement.ts';
import { probe } from './probe.ts';
import { usageOf } from './process-usage.ts';
import { portkeyHeaders, type TargetName } from './targets.ts';
import { isThirdParty, programOf, type ThirdParty } from './third-party.ts';

/** A gateway under measurement. */
export interface Target {
  readonly port: number;
  readonly pid: number;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** From the start of its process until it listened, or answered when it is not ours. */
  readonly startMs: number;
  /** After its first two answers. */
  readonly idleRssBytes: number;
}

/** A peer that could not be had, or did not keep up. */
export interface Skipped {
  readonly target: TargetName;
  readonly why: string;
}

export interface StandSettings {
  readonly names: readonly TargetName[];
  readonly placement: Placement | undefined;
  /** Planted in our own gateway. */
  readonly sleepMs: number;
  readonly say: (line: string) => void;
}

type Started = Pick<Target, 'headers'> & { readonly peer: Peer };

const MINUTE_MS = 60_000;

/** All processes of a run. What cannot be had is skipped, unless it is ours. */
export class Stand {
  readonly #settings: StandSettings;
  readonly #bundles = bundlePeers();
  readonly #logs = mkdtempSync(join(tmpdir(), 'ballast-bench-logs-'));
  readonly #peers: Peer[] = [];
  readonly #byName = new Map<TargetName, Peer>();
  readonly #targets = new Map<TargetName, Target>();
  readonly #skipped: Skipped[] = [];
  #upstream: Peer | undefined;

  private constructor(settings: StandSettings) {
    this.#settings = settings;
  }

  /** @throws Error when one of ours does not start. */
  static async start(settings: StandSettings): Promise<Stand> {
    const stand = new Stand(settings);
    try {
      await stand.#start();
    } catch (error) {
      stand.stop();
      throw error;
    }
    return stand;
  }

  get targets(): ReadonlyMap<TargetName, Target> {
    return this.#targets;
  }

  get skipped(): readonly Skipped[] {
    return this.#skipped;
  }

  /** Of all that run. */
  get pids(): readonly number[] {
    return this.#peers.filter(({ alive }) => alive).map(({ pid }) => pid);
  }

  async conduct(conduct: UpstreamConduct): Promise<void> {
    await this.#upstream?.tell(conduct);
  }

  /** Takes a peer out of the run. @throws the cause, when it is ours. */
  skip(target: TargetName, cause: Error): void {
    if (!isThirdParty(target)) throw new Error(`${target} failed: ${cause.message}`, { cause });
    // It is published: where the repository lies is nobody's business.
    const why = cause.message.replaceAll(process.cwd(), '.').replaceAll(/\s+/g, ' ').slice(0, 300);
    this.#byName.get(target)?.stop();
    this.#targets.delete(target);
    this.#skipped.push({ target, why });
    this.#settings.say(`SKIPPED ${target}: ${why}`);
  }

  stop(): void {
    for (const peer of this.#peers) peer.stop();
    rmSync(this.#bundles, { recursive: true, force: true });
    rmSync(this.#logs, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { names, placement } = this.#settings;
    this.#upstream = await this.#ours('upstream', {}, placement?.around);
    const dynamodb = await this.#ours('dynamodb', {}, placement?.around);
    for (const name of names) {
      try {
        const { peer, headers } = await this.#begin(name, this.#upstream, dynamodb);
        this.#byName.set(name, peer);
        await probe({ name, port: peer.port, headers, upstream: this.#upstream });
        const idleRssBytes = usageOf(peer.pid).rssBytes;
        const { port, pid, startMs } = peer;
        this.#targets.set(name, { port, pid, headers, startMs, idleRssBytes });
      } catch (error) {
        this.skip(name, error as Error);
      }
    }
  }

  async #begin(name: TargetName, upstream: Peer, dynamodb: Peer): Promise<Started> {
    const upstreamPort = upstream.port;
    const core = this.#settings.placement?.target;
    const { sleepMs } = this.#settings;
    const bare = (peer: Peer): Started => ({ peer, headers: {} });
    switch (name) {
      case 'direct':
        return bare(upstream);
      case 'bareProxy':
        return bare(await this.#ours('bare-proxy', { upstreamPort }, core));
      case 'gateway':
        return bare(await this.#ours('gateway', { upstreamPort, sleepMs }, core));
      case 'gatewayOnAws': {
        const settings = { upstreamPort, sleepMs, dynamodbPort: dynamodb.port };
        return bare(await this.#ours('gateway', settings, core));
      }
      case 'portkey':
      case 'portkeyGuarded':
        return {
          peer: await this.#theirs(name, upstreamPort),
          headers: portkeyHeaders(upstreamPort, name === 'portkeyGuarded'),
        };
      case 'honoProxy':
      case 'litellm':
        return bare(await this.#theirs(name, upstreamPort));
    }
  }

  #ours(name: 'upstream' | 'dynamodb' | 'bare-proxy' | 'gateway', settings: object, core?: number) {
    return this.#run({ folder: this.#bundles, name, settings, core });
  }

  async #theirs(name: ThirdParty, upstreamPort: number): Promise<Peer> {
    const program = await programOf(name, upstreamPort);
    const placed = onCore(this.#settings.placement?.target, program.command);
    const settings: KeptProgram = {
      ...program,
      command: placed.command,
      args: [...placed.args, ...program.args],
      log: join(this.#logs, `${name}.log`),
      startWithinMs: 5 * MINUTE_MS,
    };
    try {
      return await this.#run({ folder: this.#bundles, name: 'keeper', settings });
    } catch (error) {
      distrustInstallations();
      throw error;
    }
  }

  async #run(start: Parameters<typeof Peer.start>[0]): Promise<Peer> {
    const peer = await Peer.start(start);
    this.#peers.push(peer);
    return peer;
  }
}
