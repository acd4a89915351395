import type { SQSClient, SQSClientConfig } from '@aws-sdk/client-sqs';

/** A client that gives up on a queue that does not answer: `requestTimeoutMs` for each of two tries. */
export async function createSqsClient(
  settings: SQSClientConfig = {},
  requestTimeoutMs = 3_000,
): Promise<SQSClient> {
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  return new SQSClient({
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: requestTimeoutMs,
      // Without it the handler only warns, and waits on.
      throwOnRequestTimeout: true,
    },
    ...settings,
  });
}
