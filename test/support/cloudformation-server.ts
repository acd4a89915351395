import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Stacks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Answers DescribeStacks as CloudFormation does, with the outputs of the given stacks. */
export async function serveStacks(
  stacks: Stacks,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (incoming, response) => {
    const name = new URLSearchParams(await text(incoming)).get('StackName');
    response.setHeader('content-type', 'text/xml');
    if (name !== null && stacks[name] === undefined) {
      response.writeHead(400).end(missingXml(name));
      return;
    }
    const described = Object.entries(stacks).filter(([stack]) => name === null || stack === name);
    response.end(stacksXml(Object.fromEntries(described)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const stacksXml = (stacks: Stacks): string =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeStacksResult><Stacks>${Object.entries(stacks).map(stackXml).join('')}</Stacks></DescribeStacksResult>
</DescribeStacksResponse>`;

const stackXml = ([name, outputs]: [string, Readonly<Record<string, string>>]): string =>
  `<member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus>
  <CreationTime>2026-11-23T10:00:00.000Z</CreationTime>
  <Outputs>${Object.entries(outputs).map(outputXml).join('')}</Outputs></member>`;

const outputXml = ([key, value]: [string, string]): string =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;

const missingXml = (name: string): string =>
  `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
  <Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error>
  <RequestId>1</RequestId></ErrorResponse>`;
