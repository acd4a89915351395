import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';

/**
 * The body as JSON, for doors whose bodies are small enough to be parsed before they are looked at.
 *
 * @throws Failure `request_too_large` above `largestBytes` of UTF-8, or `invalid_json`.
 */
export function parseJsonBody(body: string, largestBytes: number): unknown {
  const bytes = Buffer.byteLength(body);
  if (bytes > largestBytes) {
    throw new Failure(
      'request_too_large',
      `the body has ${bytes} bytes; this endpoint takes at most ${largestBytes}`,
    );
  }
  const json = parseJson(body);
  if (!json.ok) throw json.failure;
  return json.value;
}

function parseJson(body: string): Outcome<unknown> {
  try {
    return succeeded(JSON.parse(body));
  } catch {
    // Without the parser's own message: it quotes the body.
    return failed(new Failure('invalid_json', 'the body is not JSON; send one JSON object'));
  }
}
