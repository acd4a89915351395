import type {
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';

/** What `Converse` and `ConverseStream` both take. */
export type ConverseInput = ConverseCommandInput;
export type ConverseAnswer = Omit<ConverseCommandOutput, '$metadata'>;
export type ConverseEvent = ConverseStreamOutput;

/**
 * The two calls the provider makes; kept apart from the SDK, so that who never calls Bedrock never
 * loads it. Both reject with the SDK's exceptions; aborting the signal drops the connection.
 */
export interface BedrockClient {
  converse(input: ConverseInput, signal: AbortSignal): Promise<ConverseAnswer>;
  converseStream(input: ConverseInput, signal: AbortSignal): Promise<AsyncIterable<ConverseEvent>>;
}
