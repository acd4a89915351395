// A DynamoDB that always agrees, at once: what the gateway pays for its own side of each call.
import { serve, textOf } from './serve.ts';

interface Command {
  readonly ReturnValues?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
}

/** The reservation, and a number in every other attribute the update names: an item that is in use. */
function attributesOf({
  ExpressionAttributeNames: names = {},
  ExpressionAttributeValues: values = {},
}: Command) {
  const [marker = ''] = Object.values(values).flatMap(({ S: text }) => text ?? []);
  const attributes: Record<string, { readonly N: string } | { readonly S: string }> = {
    pk: { S: 'acme#2026-11' },
    sk: { S: 'windows' },
    s: { N: '5' },
    o: { N: '5' },
  };
  for (const name of Object.values(names)) {
    if (name.startsWith('r:')) attributes[name] = { S: marker };
    else if (name !== 'i') attributes[name] ??= { N: '5' };
  }
  return attributes;
}

function answerTo(operation: string, command: Command): object {
  switch (operation) {
    case 'UpdateItem':
      return command.ReturnValues === 'ALL_NEW' ? { Attributes: attributesOf(command) } : {};
    case 'Query':
      return { Items: [], Count: 0, ScannedCount: 0 };
    default:
      return {};
  }
}

serve(async (incoming, response) => {
  const [, operation = ''] = String(incoming.headers['x-amz-target']).split('.');
  const body = JSON.stringify(answerTo(operation, JSON.parse(await textOf(incoming))));
  response.writeHead(200, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': 'bench',
  });
  response.end(body);
});
