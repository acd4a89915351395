import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, Fault } from './fault-proxy.ts';

/** The connection is reset; the dependency never hears of the request. */
export const refuse: Fault = (exchange) => exchange.drop();

/** Takes the request, and nothing more is heard. */
export const hang: Fault = () => undefined;

/** The dependency is as slow as that, but well. */
export const delay =
  (milliseconds: number): Fault =>
  async (exchange) => {
    await sleep(milliseconds);
    if (!exchange.over) await exchange.pass();
  };

/** The dependency does as it is asked, and the caller never learns of it. */
export const loseAnswer: Fault = async (exchange) => {
  await buffer(await exchange.forward());
  exchange.drop();
};

/** The connection is reset after so many bytes or chunks of the answer. */
export const cutAfter =
  (limit: { readonly bytes: number } | { readonly chunks: number }): Fault =>
  async (exchange) => {
    const answer = await exchange.forward();
    const { 'content-length': _promised, ...headers } = answer.headers;
    exchange.begin(answer.statusCode ?? 500, headers);
    let bytes = 0;
    let chunks = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if ('chunks' in limit && chunks === limit.chunks) break;
      const part = 'bytes' in limit ? chunk.subarray(0, limit.bytes - bytes) : chunk;
      exchange.give(part);
      bytes += part.length;
      chunks += 1;
      if ('bytes' in limit && bytes === limit.bytes) break;
    }
    await arrived();
    exchange.drop();
  };

/** A reset discards what is still under way: what was given is to arrive first. */
const arrived = (): Promise<void> => sleep(20);

/** Answers this in the dependency's stead, whatever was asked. */
export const answerInstead =
  (
    status: number,
    body: string | Uint8Array | object,
    headers: Readonly<Record<string, string>> = {},
  ): Fault =>
  (exchange: Exchange) => {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    exchange.reply(
      status,
      { 'content-type': 'application/json', ...headers },
      raw ? body : JSON.stringify(body),
    );
  };

/** Refuses as services with the AWS JSON protocol do. */
const awsRefusal = (status: number, type: string, message: string): Fault =>
  answerInstead(
    status,
    { __type: type, message },
    { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type },
  );

/** DynamoDB has no capacity left for this partition. */
export const dynamodbThrottle = awsRefusal(
  400,
  'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  'the table is too hot',
);

/** DynamoDB may not use the table's key: it is disabled, or its grant has gone. */
export const keyDisabled = awsRefusal(
  400,
  'com.amazonaws.dynamodb.v20120810#AccessDeniedException',
  'KMS key access denied error: the key is disabled',
);

/** Bedrock has had enough of us for now. */
export const bedrockThrottle = (
  type: 'ThrottlingException' | 'ServiceQuotaExceededException',
  headers: Readonly<Record<string, string>> = {},
): Fault =>
  answerInstead(
    type === 'ThrottlingException' ? 429 : 400,
    { message: 'Too many requests, please wait before trying again.' },
    { 'x-amzn-errortype': type, ...headers },
  );

/** An OpenAI-compatible server has had enough of us for now. */
export const tooManyRequests = (headers: Readonly<Record<string, string>> = {}): Fault =>
  answerInstead(
    429,
    { error: { message: 'slow down', type: 'rate_limit_error', param: null, code: null } },
    headers,
  );

/** Answers with status 200 that no client of any dependency can use. */
export const wrongShapes: Readonly<Record<string, Fault>> = {
  'a page of HTML': answerInstead(200, '<html><body>Welcome to nginx!</body></html>', {
    'content-type': 'text/html',
  }),
  'JSON of another shape': answerInstead(200, { fruit: ['apple', 'pear'] }),
  'nothing at all': answerInstead(200, ''),
  'half a character': answerInstead(
    200,
    Buffer.from('{"choices":[{"message":"caf\u00e9').subarray(0, -1),
  ),
};
