import { NodeHttp2Handler } from '@smithy/node-http-handler';
import { BedrockProvider } from '#adapters/bedrock/bedrock-provider.ts';
import { createBedrockClient } from '#adapters/bedrock/create-bedrock-client.ts';
import { OpenAiCompatibleProvider } from '#adapters/openai-compatible/openai-compatible-provider.ts';
import { SimulatedProvider } from '#adapters/simulated/simulated-provider.ts';
import {
  type BedrockEvent,
  bedrockFixtures,
  conversesEitherWay,
  startFakeBedrock,
  streamsEvents,
  throwsException,
} from '../support/fake-bedrock.ts';
import {
  DONE,
  eitherWay,
  finishFrame,
  openAiFixtures,
  refuses,
  saysFrame,
  startFakeOpenAi,
  streams,
} from '../support/fake-openai.ts';
import { answers, type Behaviour, hangsUp, staysSilent, writes } from '../support/fake-provider.ts';
import { describeModelProvider, type ProviderHarness, type Situation } from './model-provider.ts';

const PAGE = answers(openAiFixtures.errorPage, 200, { 'content-type': 'text/html' });

/** Whole for one who asks for it whole, else the stream. */
const wholeOr =
  (whole: Behaviour, stream: Behaviour): Behaviour =>
  (request, response) =>
    (request.path.endsWith('-stream') || request.body.includes('"stream":true') ? stream : whole)(
      request,
      response,
    );

const half = [saysFrame('Hello,'), saysFrame(' wor')];
const twoChoices = (request: { readonly body: string }): boolean =>
  JSON.parse(request.body).n === 2;

const both = {
  choices: [0, 1].map((index) => ({
    index,
    message: { content: 'Hello, world.' },
    finish_reason: 'stop',
  })),
};

const openAi: Readonly<Record<Exclude<Situation, 'unreachable'>, Behaviour>> = {
  well: (request, response) =>
    (twoChoices(request)
      ? eitherWay(
          JSON.stringify(both),
          [0, 1]
            .map((index) => saysFrame('Hello, world.', index) + finishFrame('stop', index))
            .join('') +
            'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n' +
            DONE,
        )
      : eitherWay(openAiFixtures.answer, openAiFixtures.answerStream))(request, response),
  'calls the weather tool': eitherWay(openAiFixtures.toolCall, openAiFixtures.toolCallStream),
  'throttled for two seconds': refuses(
    429,
    { message: 'Slow down.', code: 'rate_limit_exceeded' },
    { 'retry-after': '2' },
  ),
  broken: answers(openAiFixtures.errorPage, 502, { 'content-type': 'text/html' }),
  'refuses our credentials': refuses(401, { message: 'Incorrect API key: sk-secret-key' }),
  'refuses the request': refuses(400, { message: 'Greet the world, please. is\nimpolite.' }),
  'finds the prompt too long': refuses(400, {
    message: "This model's maximum context length is 8192 tokens.",
    code: 'context_length_exceeded',
  }),
  'answers a page': PAGE,
  'ends half-way': wholeOr(answers('{"choices":[{"index":0,"mess'), streams(half)),
  'fails half-way': wholeOr(
    answers('{"choices":[{"message":{"content":"Hello"},"finish_reason":"error"}]}'),
    streams([...half, 'data: {"error":{"message":"out of memory","code":500}}\n\n']),
  ),
  'hangs up half-way': wholeOr(hangsUp(), streams(half, 'reset')),
  silent: staysSilent(),
  'silent half-way': streams(half, 'silence'),
};

async function openAiHarness(): Promise<ProviderHarness> {
  const fake = await startFakeOpenAi();
  let unreachable = false;
  const providers = [fake.url, 'http://127.0.0.1:1'].map(
    (url) =>
      new OpenAiCompatibleProvider({
        name: 'fake',
        baseUrl: `${url}/v1`,
        apiKey: () => Promise.resolve('sk-secret-key'),
      }),
  );
  return {
    get provider() {
      return providers[unreachable ? 1 : 0] as OpenAiCompatibleProvider;
    },
    arrange(situation) {
      unreachable = situation === 'unreachable';
      if (situation !== 'unreachable') fake.behave(openAi[situation]);
      return 'fixture-model';
    },
    dropped: async () => fake.requests.at(-1)?.dropped,
    close: async () => {
      for (const provider of providers) provider.close();
      await fake.close();
    },
  };
}

const halfEvents: readonly BedrockEvent[] = bedrockFixtures.answerEvents.slice(0, 3);
const brokenAnswer = { ...bedrockFixtures.answer, stopReason: 'malformed_model_output' };

const bedrock: Readonly<Record<Exclude<Situation, 'unreachable'>, Behaviour>> = {
  well: conversesEitherWay(bedrockFixtures.answer, bedrockFixtures.answerEvents),
  'calls the weather tool': conversesEitherWay(
    bedrockFixtures.toolCall,
    bedrockFixtures.toolCallEvents,
  ),
  'throttled for two seconds': throwsException('ThrottlingException', 429, 'Too many requests.', {
    'retry-after': '2',
  }),
  broken: throwsException('InternalServerException', 500),
  'refuses our credentials': throwsException('AccessDeniedException', 403, 'sk-secret is no key'),
  'refuses the request': throwsException(
    'ValidationException',
    400,
    'Malformed input: Greet the world, please.\n',
  ),
  'finds the prompt too long': throwsException(
    'ValidationException',
    400,
    'Input is too long for requested model.',
  ),
  'answers a page': wholeOr(PAGE, writes([openAiFixtures.errorPage], { contentType: 'text/html' })),
  'ends half-way': wholeOr(answers('{"output":{"mess'), streamsEvents(halfEvents)),
  'fails half-way': wholeOr(
    answers(brokenAnswer),
    streamsEvents([
      ...halfEvents,
      { type: 'modelStreamErrorException', body: { message: 'out of memory' }, exception: true },
    ]),
  ),
  'hangs up half-way': wholeOr(hangsUp(), streamsEvents(halfEvents, 'reset')),
  silent: staysSilent(),
  'silent half-way': streamsEvents(halfEvents, 'silence'),
};

async function bedrockHarness(protocol: 'http1' | 'http2'): Promise<ProviderHarness> {
  const fake = await startFakeBedrock(protocol);
  let unreachable = false;
  const providers = [fake.url, 'http://127.0.0.1:1'].map(
    (endpoint) =>
      new BedrockProvider(async () =>
        createBedrockClient({
          endpoint,
          region: 'eu-central-1',
          credentials: { accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake' },
          ...(protocol === 'http2' ? { requestHandler: new NodeHttp2Handler() } : {}),
        }),
      ),
  );
  return {
    get provider() {
      return providers[unreachable ? 1 : 0] as BedrockProvider;
    },
    arrange(situation) {
      unreachable = situation === 'unreachable';
      if (situation !== 'unreachable') fake.behave(bedrock[situation]);
      return 'anthropic.claude-sonnet-4-5-20250929-v1:0';
    },
    // The SDK resets HTTP/2 streams with NO_ERROR, of which Node's server tells nobody.
    dropped: async () => (protocol === 'http1' ? fake.requests.at(-1)?.dropped : undefined),
    close: () => fake.close(),
  };
}

const simulated: Readonly<Partial<Record<Situation, string>>> = {
  well: 'echo',
  'calls the weather tool': 'tool-call',
  'throttled for two seconds': 'throttle',
  broken: 'error-500',
  'answers a page': 'malformed',
  'ends half-way': 'truncate',
  'fails half-way': 'stream-error',
  silent: 'timeout',
};

async function simulatedHarness(): Promise<ProviderHarness> {
  return {
    provider: new SimulatedProvider({ clock: { sleep: () => Promise.resolve() } }),
    arrange: (situation) => simulated[situation],
    // There is no connection to drop.
    dropped: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

describeModelProvider('openai-compatible', openAiHarness);
describeModelProvider('bedrock over HTTP/1.1', () => bedrockHarness('http1'));
describeModelProvider('bedrock over HTTP/2', () => bedrockHarness('http2'));
describeModelProvider('simulated', simulatedHarness);
