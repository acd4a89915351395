import OpenAI, { APIError } from 'openai';
import { Stream } from 'openai/streaming';

/** What a client got for one request, read to its end. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `error.code`, of the answer or within its stream; undefined for a success. */
  readonly code: string | undefined;
  /** Did the connection end as the protocol says? */
  readonly whole: boolean;
}

export interface ClientRequest {
  readonly model?: string;
  readonly stream?: boolean;
  /** In place of everything the request would say; text as it is. */
  readonly body?: unknown;
  /** Added to the body. */
  readonly rest?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer credential. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** Sends one request for a chat completion and gives the response as soon as its head has come. */
export const sendChat = (
  baseUrl: string,
  content: string,
  {
    model = 'chat',
    stream = false,
    body,
    rest,
    headers,
    key,
    signal,
  }: ClientRequest & { key: string },
): Promise<Response> =>
  fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body:
      typeof body === 'string' || body instanceof Uint8Array
        ? body
        : JSON.stringify(
            body ?? {
              model,
              stream,
              messages: [{ role: 'user', content }],
              max_tokens: 50,
              ...rest,
            },
          ),
    ...(signal === undefined ? {} : { signal }),
  });

/** Reads a response to its end, however that comes about. */
export async function readAnswer(response: Response): Promise<ClientAnswer> {
  const { status, headers } = response;
  let text = '';
  let whole = true;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    whole = false;
  }
  return { status, headers, text, whole, code: codeIn(text) };
}

const codeIn = (text: string): string | undefined =>
  /"error":\{.*"code":"([a-z_]+)"\}\}(?:\n\n)?$/s.exec(text)?.[1];

/** The data of each frame of a streamed answer. */
export const framesIn = ({ text }: ClientAnswer): readonly string[] =>
  text.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []));

/** What a streamed answer says, arguments of tool calls included; one choice after the other. */
export function saidIn(answer: ClientAnswer): string {
  const said = new Map<number, string>();
  const chunks = framesIn(answer)
    .filter((frame) => frame !== '[DONE]')
    .map((frame) => JSON.parse(frame) as Partial<OpenAI.ChatCompletionChunk>);
  for (const { index, delta } of chunks.flatMap(({ choices = [] }) => choices)) {
    const args = (delta.tool_calls ?? []).map((call) => call.function?.arguments ?? '');
    said.set(index, [said.get(index) ?? '', delta.content ?? '', ...args].join(''));
  }
  return [...said.values()].join('\n');
}

/** What the official SDK makes of an answer: the error it throws, or undefined. */
export async function sdkErrorOf({
  status,
  headers,
  text,
}: ClientAnswer): Promise<APIError | undefined> {
  if (status >= 400) return APIError.generate(status, JSON.parse(text), undefined, headers);
  if (!headers.get('content-type')?.startsWith('text/event-stream')) return undefined;
  const response = new Response(text, { status, headers });
  try {
    const client = new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:9' });
    for await (const _chunk of Stream.fromSSEResponse(response, new AbortController(), client)) {
      // Only the end of it matters.
    }
  } catch (thrown) {
    if (thrown instanceof APIError) return thrown;
    throw thrown;
  }
  return undefined;
}
