import type { Writable } from 'node:stream';

/** Has the peer gone? A destroyed stream has told everybody already, and tells nobody again. */
const isGone = (stream: Writable): boolean =>
  stream.destroyed || stream.closed || stream.errored !== null;

/** Writes, and resolves when the stream can take more, or will never take anything again. */
export async function writeTo(stream: Writable, text: string): Promise<void> {
  if (isGone(stream) || stream.write(text) || isGone(stream)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

/** Ends the stream, with `text` as its last, and resolves when that is out, or never will be. */
export async function endOf(stream: Writable, text = ''): Promise<void> {
  if (isGone(stream)) return;
  await new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.end(text, () => resolve());
  });
}
