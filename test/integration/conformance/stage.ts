import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { ADMIN, type ObservedPlatform, post, startLocal } from '../../support/local-platform.ts';
import type { Client } from './clients.ts';

/** What a client saw of one row. */
export interface Observation {
  readonly row: number;
  readonly seen?: unknown;
  /** It could not even look. */
  readonly threw?: string;
  /** How often it called for this row. */
  readonly hits: number;
}

/** Spoils what passes between client and platform, to show that somebody notices. */
export interface Spoiler {
  readonly headers?: (headers: Record<string, unknown>) => Record<string, unknown>;
  readonly body?: (text: string) => string;
}

/** Keys of tenants that the rows need, by what is special about them. */
const TENANTS = {
  main: { limits: { requests_per_minute: 1_000, tokens_per_minute: 1_000_000 } },
  rate: { limits: { requests_per_minute: 1 } },
  spent: { limits: { tokens_per_day: 40 } },
  strict: { guardrail_policy: 'strict' },
  scopeless: {},
} as const;

/** A platform of its own, and how to let clients loose on it. */
export class Stage {
  readonly platform: ObservedPlatform;
  #tenants = 0;

  private constructor(platform: ObservedPlatform) {
    this.platform = platform;
  }

  static async open(): Promise<Stage> {
    return new Stage(await startLocal());
  }

  close(): Promise<void> {
    return this.platform.close();
  }

  /** Runs one client through its rows, or only some of them, with tenants of its own. */
  async observe(
    client: Client,
    spoiler: Spoiler = {},
    only?: readonly number[],
  ): Promise<Map<number, Observation>> {
    const keys = await this.#keys();
    const door = await openDoor(this.platform.url, spoiler);
    try {
      const settings = JSON.stringify({ url: door.url, keys, only });
      const [first, ...rest] = client.args;
      const lines = await linesOf(client.command, [...(first ? [first] : []), settings, ...rest]);
      return new Map(
        lines
          .map((line) => JSON.parse(line) as Omit<Observation, 'hits'>)
          .map((seen) => [seen.row, { ...seen, hits: door.hits.get(seen.row) ?? 0 }]),
      );
    } finally {
      await door.close();
    }
  }

  /** The record of an inference of one of the tenants, as an auditor would ask for it. */
  async audit(id: string, key: string): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.platform.url}/v1/audit/${id}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Of the tenant that the last client used without anything special. */
  mainKey = '';

  async #keys(): Promise<Record<string, string>> {
    this.#tenants += 1;
    const keys: Record<string, string> = {};
    for (const [name, settings] of Object.entries(TENANTS)) {
      const tenant = `${name}-${this.#tenants}`;
      await this.#create('/admin/v1/tenants', { id: tenant, name, ...settings });
      const scopes =
        name === 'scopeless' ? ['ballast/audit'] : ['ballast/inference', 'ballast/audit'];
      const key = await this.#create(`/admin/v1/tenants/${tenant}/keys`, { name, scopes });
      keys[name] = String(key['secret']);
    }
    this.mainKey = keys['main'] ?? '';
    return keys;
  }

  async #create(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await post(`${this.platform.url}${path}`, body, ADMIN);
    const created = (await answer.json()) as Record<string, unknown>;
    if (answer.status !== 201)
      throw new Error(`expected ${path} to create, got ${JSON.stringify(created)}`);
    return created;
  }
}

async function linesOf(command: string, args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  const code = child.exitCode ?? (await once(child, 'exit'))[0];
  if (code !== 0) throw new Error(`the driver ended with ${code}: ${complaint.slice(-2_000)}`);
  return lines;
}

/** A door in front of the platform that counts who comes for which row, and may spoil what leaves. */
async function openDoor(target: string, spoiler: Spoiler) {
  const hits = new Map<number, number>();
  const { hostname, port } = new URL(target);
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const row = Number(incoming.headers['x-conformance-row'] ?? 0);
    hits.set(row, (hits.get(row) ?? 0) + 1);
    const { method, url: path, headers } = incoming;
    const inner = request({ host: hostname, port, method, path, headers }, (answer) => {
      const { headers: spoil = (all) => all, body } = spoiler;
      const head = spoil(answer.headers) as Record<string, string>;
      if (body === undefined) {
        outgoing.writeHead(answer.statusCode ?? 502, head);
        answer.pipe(outgoing);
        return;
      }
      const { 'content-length': _changes, ...rest } = head;
      outgoing.writeHead(answer.statusCode ?? 502, rest);
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => outgoing.write(body(text)));
      answer.on('end', () => outgoing.end());
    });
    inner.on('error', () => outgoing.destroy());
    outgoing.on('close', () => inner.destroy());
    incoming.pipe(inner);
  };
  const server = createServer({ noDelay: true }, pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
