import { type Dynalite, startDynalite } from './dynalite.ts';
import { startFakeBedrock } from './fake-bedrock.ts';
import { startFakeOpenAi } from './fake-openai.ts';
import { answers, type FakeProvider, startFakeProvider } from './fake-provider.ts';
import { type FakeSqs, startFakeSqs } from './fake-sqs.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type OidcServer, startOidcServer } from './oidc-server.ts';
import { createSigner, type Signer } from './tokens.ts';

/** Everything the gateway leans on, by the name of its proxy; what is behind it has its own. */
export interface Dependencies {
  readonly dynamodb: FaultProxy;
  readonly dynalite: Dynalite;
  /** Two OpenAI-compatible servers: a route's first choice and its fallback. */
  readonly first: FaultProxy;
  readonly firstServer: FakeProvider;
  readonly second: FaultProxy;
  readonly secondServer: FakeProvider;
  readonly bedrock: FaultProxy;
  readonly bedrockServer: FakeProvider;
  /** Secrets Manager: the key of provider `keyed`. */
  readonly secrets: FaultProxy;
  readonly spillQueue: FaultProxy;
  readonly spilled: FakeSqs;
  /** The OIDC issuer, known by the proxy's address. */
  readonly issuer: FaultProxy;
  readonly issuerServer: OidcServer;
  readonly signer: Signer;
  close(): Promise<void>;
}

let signerOfAll: Promise<Signer> | undefined;

/** Servers of a test's own on loopback, each behind a fault proxy; all of them well. */
export async function startDependencies(providerKey: string): Promise<Dependencies> {
  signerOfAll ??= createSigner('key-1', 'ES256');
  const signer = await signerOfAll;
  const dynalite = await startDynalite();
  const firstServer = await startFakeOpenAi();
  const secondServer = await startFakeOpenAi();
  const bedrockServer = await startFakeBedrock();
  const secretServer = await startFakeProvider({
    otherwise: answers({ SecretString: providerKey }),
  });
  const spilled = await startFakeSqs();
  const issuerServer = await startOidcServer(signer.publicJwk);
  const proxies = {
    dynamodb: await startFaultProxy(dynalite.endpoint),
    first: await startFaultProxy(firstServer.url),
    second: await startFaultProxy(secondServer.url),
    bedrock: await startFaultProxy(bedrockServer.url),
    secrets: await startFaultProxy(secretServer.url),
    spillQueue: await startFaultProxy(spilled.url),
    issuer: await startFaultProxy(issuerServer.url),
  };
  const { url } = proxies.issuer;
  issuerServer.discover({ issuer: url, jwks_uri: `${url}/jwks.json` });
  const servers = [
    firstServer,
    secondServer,
    bedrockServer,
    secretServer,
    spilled,
    issuerServer,
    dynalite,
  ];
  return {
    ...proxies,
    dynalite,
    firstServer,
    secondServer,
    bedrockServer,
    spilled,
    issuerServer,
    signer,
    close: async () => {
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
