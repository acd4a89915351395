import { Failure, type FailureCode } from '../failures/failure.ts';
import { failed, type Outcome } from '../failures/outcome.ts';

/** Why a credential is refused: the code for the caller, and a sentence for whoever reads the log. */
const refusals = {
  no_credential: ['invalid_api_key', 'no authorization header was sent'],
  several_credentials: ['invalid_api_key', 'more than one authorization header was sent'],
  malformed_header: ['invalid_api_key', 'the authorization header is not `Bearer <credential>`'],
  unknown_key: ['invalid_api_key', 'no key has this secret'],
  revoked_key: ['invalid_api_key', 'the key is revoked'],
  expired_key: ['invalid_api_key', 'the key has expired'],
  tokens_not_accepted: [
    'invalid_api_key',
    'no issuer is configured: only `sk-…` keys are accepted',
  ],
  malformed_token: ['invalid_api_key', 'the token is not a signed JWT'],
  forbidden_algorithm: ['invalid_api_key', 'the token is not signed with RS256 or ES256'],
  critical_header: ['invalid_api_key', 'the token demands an extension nobody here understands'],
  unknown_signing_key: ['invalid_api_key', 'the issuer has no such signing key'],
  bad_signature: ['invalid_api_key', 'the signature of the token is wrong'],
  wrong_issuer: ['invalid_api_key', 'the token comes from another issuer'],
  wrong_audience: ['invalid_api_key', 'the token is meant for another API'],
  not_an_access_token: ['invalid_api_key', 'the token is not an access token'],
  token_expired: ['token_expired', 'the token has expired'],
  token_not_yet_valid: ['invalid_api_key', 'the token is from the future'],
  absurd_times: ['invalid_api_key', 'the times in the token make no sense'],
  no_client: ['invalid_api_key', 'the token names no usable client'],
  no_tenant: ['invalid_api_key', 'neither a claim nor the client of the token leads to a tenant'],
  unknown_tenant: ['invalid_api_key', 'the tenant of the credential does not exist'],
  suspended_tenant: ['tenant_suspended', 'the tenant of the credential is suspended'],
} as const satisfies Record<string, readonly [FailureCode, string]>;

export type RefusalReason = keyof typeof refusals;

/** A credential that does not open the door. Carries nothing of the credential itself. */
export class CredentialRefusal extends Failure {
  readonly reason: RefusalReason;
  /** A key id, `kid` or tenant, safe to log. */
  readonly about: string | undefined;

  constructor(reason: RefusalReason, about?: string) {
    const [code, message] = refusals[reason];
    super(code, message);
    this.reason = reason;
    this.about = about === undefined ? undefined : loggable(about);
  }
}

export const refuse = (reason: RefusalReason, about?: string): Outcome<never> =>
  failed(new CredentialRefusal(reason, about));

const LONGEST_LOGGED = 64;

/** Text from outside as one harmless word: no control characters, no quotes, 64 characters. */
const loggable = (text: string): string =>
  text.slice(0, LONGEST_LOGGED).replace(/[^\w.:@/+=-]/g, '?');
