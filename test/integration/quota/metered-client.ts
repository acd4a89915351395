import {
  type DynamoDBClient,
  GetItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { itemSize } from '../../support/item-size.ts';

interface Metered {
  /** Names of all commands sent, in order. */
  readonly commands: readonly string[];
  /** What each update is billed by: the larger of the item before and the item after, in bytes. */
  readonly updatedBytes: readonly number[];
}

/**
 * Meters what a client sends while `work` runs, one command at a time. Sizes are worked out from the
 * items themselves: local stores report something else, or nothing.
 */
export async function meter(
  client: DynamoDBClient,
  work: () => Promise<unknown>,
): Promise<Metered> {
  const commands: string[] = [];
  const updatedBytes: number[] = [];
  let looking = false;
  const sizeOf = async ({ TableName, Key }: UpdateItemCommandInput): Promise<number> => {
    looking = true;
    const { Item: item = {} } = await client.send(
      new GetItemCommand({ TableName, Key, ConsistentRead: true }),
    );
    looking = false;
    return itemSize(item);
  };
  // The client puts its middleware together once; this one comes later.
  client.config.cacheMiddleware = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (looking) return next(args);
      commands.push(context.commandName ?? '');
      if (context.commandName !== 'UpdateItemCommand') return next(args);
      const input = args.input as UpdateItemCommandInput;
      const before = await sizeOf(input);
      const answer = await next(args);
      updatedBytes.push(Math.max(before, await sizeOf(input)));
      return answer;
    },
    { step: 'initialize', name: 'meter' },
  );
  try {
    await work();
  } finally {
    client.middlewareStack.remove('meter');
  }
  return { commands, updatedBytes };
}
