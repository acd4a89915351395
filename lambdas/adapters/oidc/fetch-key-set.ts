import * as v from 'valibot';
import { type FetchJson, isLoopback } from './fetch-json.ts';
import { KeySet } from './key-set.ts';

const discoverySchema = v.object({ issuer: v.string(), jwks_uri: v.pipe(v.string(), v.url()) });

/**
 * Finds an issuer's key set by its discovery document.
 *
 * @throws Error when either document cannot be had, the first speaks for another issuer or names an
 * address that is not https, or the second holds no key of use.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 */
export async function fetchKeySet(issuer: string, fetchJson: FetchJson): Promise<KeySet> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const discovery = v.safeParse(discoverySchema, await fetchJson(address));
  if (!discovery.success) throw new Error(`${address} holds no issuer or no jwks_uri`);
  const { issuer: named, jwks_uri: keysAt } = discovery.output;
  if (named !== issuer) throw new Error(`${address} speaks for another issuer than '${issuer}'`);
  const url = new URL(keysAt);
  // A public issuer has no business on our own machine.
  if (url.protocol !== 'https:' && !(isLoopback(url) && isLoopback(new URL(issuer)))) {
    throw new Error(`${address} has a jwks_uri that is not https`);
  }
  return new KeySet(await fetchJson(keysAt));
}
