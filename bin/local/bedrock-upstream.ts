import { BedrockProvider } from '#adapters/bedrock/bedrock-provider.ts';
import type { PlatformFile } from '../../lambdas/platform/contract.ts';
import type { FoundUpstream } from './upstream.ts';

const PREFIX = 'bedrock/';

/**
 * Amazon Bedrock with the caller's own credentials and region. Offered are the models whose price
 * is known: the platform serves nothing it cannot bill.
 */
export const bedrockUpstream = ({ prices }: PlatformFile['prices']): FoundUpstream => ({
  provider: 'bedrock',
  models: Object.keys(prices)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length)),
  serves: new BedrockProvider(async () => {
    const { createBedrockClient } = await import('#adapters/bedrock/create-bedrock-client.ts');
    return createBedrockClient();
  }),
});
