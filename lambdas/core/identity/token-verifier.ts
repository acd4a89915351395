import type { Outcome } from '../failures/outcome.ts';

/** The payload of a token whose signature is good. Nothing in it has been judged yet. */
export type Claims = Readonly<Record<string, unknown>>;

/** Port. Checks who signed a token, and nothing else. */
export interface TokenVerifier {
  /**
   * A refusal for every text that is not a token signed by the issuer; `auth_unavailable` when the
   * issuer's keys cannot be had. Never follows an address or a key that the token brings along.
   */
  verify(token: string): Promise<Outcome<Claims>>;
}
