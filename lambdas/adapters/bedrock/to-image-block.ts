import type { ContentBlock, ImageFormat } from '@aws-sdk/client-bedrock-runtime';
import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';

const FORMATS: ReadonlyMap<string, ImageFormat> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/jpg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
]);

/** A base64 `data:` URL as the bytes Bedrock wants. `param` names the field in a refusal. */
export function toImageBlock(url: string, param: string): Outcome<ContentBlock> {
  const comma = url.indexOf(',');
  const [type = '', ...attributes] = url.slice('data:'.length, comma).toLowerCase().split(';');
  const format = FORMATS.get(type);
  if (!url.startsWith('data:') || format === undefined || attributes.at(-1) !== 'base64') {
    return failed(
      new Failure(
        'unsupported_media_source',
        `expected a base64 data: URL of a png, jpeg, gif or webp image, got '${type.slice(0, 40)}'`,
        { param },
      ),
    );
  }
  const bytes = Buffer.from(url.slice(comma + 1), 'base64');
  return succeeded({ image: { format, source: { bytes } } });
}
