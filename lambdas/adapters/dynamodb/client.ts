import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export interface ClientSettings {
  /** An emulator's address; otherwise the SDK looks at AWS_ENDPOINT_URL_DYNAMODB and the region. */
  readonly endpoint?: string;
  /** @default 500 */
  readonly connectionTimeoutMs?: number;
  /** @default 1,500 */
  readonly requestTimeoutMs?: number;
  /** @default 1 */
  readonly maxAttempts?: number;
}

/** An emulator wants some credentials and looks at none. */
const EMULATOR = {
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** Middleware that costs a sixth of a call's CPU and tells nobody here anything. */
const NEEDLESS = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/** A DynamoDB client that tries once unless told otherwise: its caller knows best. */
export function createDynamodbClient(settings: ClientSettings = {}): DynamoDBClient {
  const {
    endpoint,
    connectionTimeoutMs = 500,
    requestTimeoutMs = 1_500,
    maxAttempts = 1,
  } = settings;
  const client = new DynamoDBClient({
    maxAttempts,
    // Nobody adds middleware later, so it is put together once for each command and not each time.
    cacheMiddleware: true,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      // Without it the handler only warns, and waits on.
      throwOnRequestTimeout: true,
    }),
    ...(endpoint === undefined ? {} : { endpoint, ...EMULATOR }),
  });
  for (const name of NEEDLESS) client.middlewareStack.remove(name);
  if (maxAttempts === 1) tryOnce(client);
  signAlike(client);
  return client;
}

/** Asks nobody whether to try again. The SDK places others beside this one, so it cannot be removed. */
function tryOnce({ middlewareStack }: DynamoDBClient): void {
  middlewareStack.add((next) => (args) => next(args), {
    name: 'retryMiddleware',
    step: 'finalizeRequest',
    priority: 'high',
    override: true,
  });
}

/** One signer for all calls: the SDK would make one for each, and all alike. */
function signAlike({ config }: DynamoDBClient): void {
  const makeSigner = config.signer;
  let signer: ReturnType<typeof makeSigner> | undefined;
  config.signer = (scheme) => {
    signer ??= makeSigner(scheme);
    return signer;
  };
}
