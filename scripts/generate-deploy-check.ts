import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ignoredProperties, unsupported } from '../test/interop/deploy/unsupported.ts';

const PAGE = new URL('../docs/deploy-check.md', import.meta.url);
const REQUIREMENTS = new URL('../test/interop/deploy/requirements.txt', import.meta.url);

/** `docs/deploy-check.md`: what tools that are not ours say of the templates. */
export function deployCheckPage(): string {
  const moto = /^moto.*$/m.exec(readFileSync(REQUIREMENTS, 'utf8'))?.[0] ?? '';
  const left = unsupported.map(
    ({ type, only, answer, because }) =>
      `| \`${type}\`${only === undefined ? '' : `, ${only[0]}`} | ${answer} | ${because} |`,
  );
  const dropped = ignoredProperties.map(
    ({ type, property, profiles }) => `| \`${type}\` | \`${property}\` | ${profiles.join(', ')} |`,
  );
  return `<!-- Written by \`npm run generate\` from the tables of the suite; do not edit. -->

# Deployed elsewhere

What tools that are not ours say of the templates of \`dev\` and \`prod\`. None of them is AWS: a deployment into an account is still the proof.

| tool | what it checks | suite |
|---|---|---|
| cfn-lint | both templates of both profiles against AWS's resource specifications | \`test/interop/cfn-lint\` |
| the CDK's validator, cdk-nag | the rules of AwsSolutions, Serverless and (prod) NIST 800-53 R5, and CloudFormation's own | \`test/synth\`, \`npx cdk synth\` |
| \`${moto}\` | a real deployment by CloudFormation's API, bundles and assets included | \`test/interop/deploy\` |

asl-validator comes with the first state machine.

## What the deployment verifies

Both profiles are synthesised with their bundles, put into an account of moto's as \`cdk bootstrap\` and \`cdk deploy\` would, and AWS's Python SDK then asks each service what it has:

- both stacks complete, the data first; no resource that is meant is missing;
- tables with their keys, billing and streams; functions with runtime, memory, code and the environment their doors parse; queue, logs, dashboard;
- every method of the edge's contract, authorized or open, streamed to its own function, and no other;
- each role reaches exactly the tables and the queue in its function's environment;
- an update in place: the memory size arrives, no table is replaced;
- deletion: \`dev\` leaves no table, \`prod\` keeps its three.

A key that is taken away, a stream, an authorizer, a statement of a role, another runtime: each is planted once and found, as exactly one finding.

## What moto could not take

Left out of the templates by \`test/interop/deploy/unsupported.ts\`; a test tries each entry alone and fails when it is no longer needed. *Ignored*: the stack is complete and the resource is not there.

| type | answer | because |
|---|---|---|
${left.join('\n')}

Properties it drops without a word, each seen as a finding:

| type | property | profiles |
|---|---|---|
${dropped.join('\n')}

It cannot delete \`Ballast-Gateway\` as a whole (it takes a role away before its policies), and it does not judge IAM: what a role may do is read from its policies, not tried.

## LocalStack

Not run. \`localstack-core\` 2026.3 starts without Docker on Python 3.13, with \`cbor2<5.8\`, \`service_identity\` and \`pyopenssl\` beside it (on 3.11 a module of its own has a syntax error), and asks for hosts of its vendor when it does. It could fill moto's gaps in API Gateway and alarms.
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(fileURLToPath(PAGE), deployCheckPage());
}
