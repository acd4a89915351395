import { type Outcome, succeeded } from '../failures/outcome.ts';
import { refuse } from './credential-refusal.ts';

/** API Gateway takes no more in all headers together; a longer credential is not looked at. */
const LONGEST_HEADER = 10_240;

/** The scheme in any case, then RFC 6750's `b64token`: no space, comma or control character. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * The credential in the `authorization` headers of one request.
 *
 * Two headers are refused even when they agree: whoever stands in front of us may have judged the
 * other one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export function readBearer(authorization: readonly string[]): Outcome<string> {
  const [value, ...others] = authorization;
  if (value === undefined) return refuse('no_credential');
  if (others.length > 0) return refuse('several_credentials');
  if (value.length > LONGEST_HEADER) return refuse('malformed_header');
  const credential = BEARER.exec(value)?.[1];
  return credential === undefined ? refuse('malformed_header') : succeeded(credential);
}
