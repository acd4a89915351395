import { LocalMetrics } from '../../bin/local/local-log.ts';
import {
  type PlatformOptions,
  type RunningPlatform,
  startPlatform,
} from '../../bin/local/start-platform.ts';

export interface ObservedPlatform extends RunningPlatform {
  /** Every log line so far. */
  readonly lines: readonly string[];
  readonly metrics: LocalMetrics;
}

/** A platform of a test's own, in memory, on a free port. */
export async function startLocal(
  options: Partial<PlatformOptions> = {},
): Promise<ObservedPlatform> {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields: object = {}) => {
      lines.push(JSON.stringify({ level, message, ...fields }));
    };
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  const metrics = new LocalMetrics(log);
  const platform = await startPlatform({
    port: 0,
    dataFolder: undefined,
    log,
    metrics,
    ...options,
  });
  return { ...platform, lines, metrics };
}

export const DEMO = { authorization: 'Bearer sk-local-demo' };
export const TINY = { authorization: 'Bearer sk-local-tiny' };
export const ADMIN = { authorization: 'Bearer sk-local-admin' };

export function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = DEMO,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export const user = (content: string) => [{ role: 'user' as const, content }];
