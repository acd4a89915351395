import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { endOf, writeTo } from '#runtime/writable.ts';

/** Takes nothing, until told to. */
class Stuck extends Writable {
  release: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    this.release = done;
  }
}

describe('writeTo', () => {
  it('waits while the peer takes nothing, and goes on when it does', async () => {
    const stream = new Stuck();
    let written = false;

    const writing = writeTo(stream, 'text').then(() => {
      written = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    const waited = !written;
    stream.release?.();
    await writing;

    expect(waited).toBe(true);
  });

  it('does not wait for a peer that has gone, before or meanwhile', async () => {
    const gone = new PassThrough();
    gone.destroy();
    const going = new Stuck();

    const writing = writeTo(going, 'text');
    going.destroy();

    await Promise.all([writing, writeTo(gone, 'text'), endOf(gone), endOf(going)]);
    expect(going.destroyed).toBe(true);
  });

  it('leaves no listener behind', async () => {
    const stream = new Stuck();
    for (let count = 0; count < 20; count += 1) {
      const writing = writeTo(stream, 'text');
      stream.release?.();
      await writing;
    }

    expect(stream.listenerCount('close')).toBeLessThanOrEqual(1);
    expect(stream.listenerCount('drain')).toBe(0);
  });
});
