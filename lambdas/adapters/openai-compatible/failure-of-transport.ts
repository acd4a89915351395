import { callCancelled, invalidAnswer, misconfigured } from '#core/chat/provider-failures.ts';
import { Failure } from '#core/failures/failure.ts';
import type { Cancellation } from '#core/time/cancellation.ts';

/** What a connection that could not be made, or broke, means. */
export function failureOfTransport(
  thrown: unknown,
  { provider, cancellation }: { readonly provider: string; readonly cancellation: Cancellation },
): Failure {
  if (cancellation.cancelled) return callCancelled();
  const code = codeOf(thrown);
  if (code.startsWith('HPE_')) {
    return invalidAnswer(provider, `does not speak HTTP (${code})`, thrown);
  }
  if (/^(?:CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_INVALID)/.test(code)) {
    return misconfigured(provider, code, thrown);
  }
  return new Failure('provider_unavailable', `${provider} cannot be reached (${code})`, {
    cause: thrown,
  });
}

/** A code is safe to show; a message may name inner addresses. */
function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'connection failed';
}
