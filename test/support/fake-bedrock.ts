import { readFileSync } from 'node:fs';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import {
  answers,
  type Behaviour,
  type FakeProvider,
  startFakeProvider,
  writes,
} from './fake-provider.ts';

/** One event of a ConverseStream, before it is encoded. */
export interface BedrockEvent {
  readonly type: string;
  readonly body: unknown;
  /** Sent as an exception: `type` is then `modelStreamErrorException` and the like. */
  readonly exception?: boolean;
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/bedrock/${name}`, import.meta.url), 'utf8'));

/** Answers of the Converse API, as they came over the wire; streams before their binary encoding. */
export const bedrockFixtures = {
  answer: read('answer.json') as Readonly<Record<string, unknown>>,
  answerEvents: read('answer-events.json') as readonly BedrockEvent[],
  toolCall: read('tool-call.json') as Readonly<Record<string, unknown>>,
  toolCallEvents: read('tool-call-events.json') as readonly BedrockEvent[],
};

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** @see https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html for the framing. */
export function encodeEvent({ type, body, exception = false }: BedrockEvent): Uint8Array {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return codec.encode({
    headers: {
      [exception ? ':exception-type' : ':event-type']: text(type),
      ':content-type': text('application/json'),
      ':message-type': text(exception ? 'exception' : 'event'),
    },
    body: Buffer.from(JSON.stringify(body)),
  });
}

const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** Streams these events, each in a frame of its own. */
export const streamsEvents = (
  events: readonly BedrockEvent[],
  ending: 'end' | 'reset' | 'silence' = 'end',
): Behaviour => writes(events.map(encodeEvent), { contentType: EVENT_STREAM, ending });

/** Streams bytes that may be no event at all. */
export const streamsBytes = (pieces: readonly Uint8Array[]): Behaviour =>
  writes(pieces, { contentType: EVENT_STREAM });

/** Refuses as the Converse API does. */
export const throwsException = (
  name: string,
  status: number,
  message = 'no particular reason',
  headers: Readonly<Record<string, string>> = {},
): Behaviour => answers({ message }, status, { 'x-amzn-errortype': name, ...headers });

/** Streams when asked to, else answers whole. */
export const conversesEitherWay =
  (whole: unknown, events: readonly BedrockEvent[]): Behaviour =>
  (request, response) =>
    (request.path.endsWith('-stream') ? streamsEvents(events) : answers(whole))(request, response);

/**
 * The Converse API, REST-JSON and binary event stream, on loopback over HTTP/1.1 or cleartext
 * HTTP/2; greets the world until told otherwise.
 */
export const startFakeBedrock = (protocol: 'http1' | 'http2' = 'http1'): Promise<FakeProvider> =>
  startFakeProvider({
    otherwise: conversesEitherWay(bedrockFixtures.answer, bedrockFixtures.answerEvents),
    protocol,
  });
