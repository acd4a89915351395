import * as v from 'valibot';
import { OpenAiCompatibleProvider } from '#adapters/openai-compatible/openai-compatible-provider.ts';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import type { Upstream } from './platform-file.ts';

const PROVIDER = 'upstream';
const LONGEST_WAIT_MS = 3_000;

const modelList = v.object({ data: v.array(v.object({ id: v.string() })) });

/** An OpenAI-compatible server on this machine or elsewhere, and the models it says it has. */
export interface FoundUpstream extends Upstream {
  readonly serves: ModelProvider;
}

/**
 * Asks a server for its models.
 *
 * @param apiKey sent as a bearer token, where the server wants one.
 * @throws Error when there is no such server, naming what was tried and the way out.
 */
export async function findUpstream(address: string, apiKey?: string): Promise<FoundUpstream> {
  const baseUrl = baseUrlOf(address);
  const models = await listModels(baseUrl, address, apiKey);
  return {
    provider: PROVIDER,
    models,
    serves: new OpenAiCompatibleProvider({
      name: PROVIDER,
      baseUrl,
      ...(apiKey === undefined ? {} : { apiKey: async () => apiKey }),
    }),
  };
}

/** `http://localhost:11434` means its `/v1`. */
function baseUrlOf(address: string): string {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new Error(
      `--upstream must be an http(s) URL such as http://127.0.0.1:11434/v1, got '${address}'`,
    );
  }
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/v1';
  return url.href.replace(/\/$/, '');
}

async function listModels(
  baseUrl: string,
  address: string,
  apiKey: string | undefined,
): Promise<readonly string[]> {
  const headers: Record<string, string> =
    apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  let response: Response;
  try {
    response = await fetch(`${baseUrl}/models`, {
      headers,
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    });
  } catch (cause) {
    throw new Error(`--upstream ${address} does not answer; is the server running?`, { cause });
  }
  if (!response.ok) {
    throw new Error(
      `--upstream ${address} answered ${response.status} to GET ${baseUrl}/models; check the URL, and BALLAST_UPSTREAM_API_KEY if it wants a key`,
    );
  }
  const list = v.safeParse(modelList, await response.json().catch(() => undefined));
  if (!list.success || list.output.data.length === 0) {
    throw new Error(
      `--upstream ${address} lists no models at ${baseUrl}/models; is it OpenAI-compatible?`,
    );
  }
  return list.output.data.map(({ id }) => id);
}
