import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** How long one exchange took, from the last byte written, in milliseconds. */
export interface Exchange {
  readonly wholeMs: number;
  /** Until the first piece of the answer's text. */
  readonly firstTextMs: number;
}

const HEAD_END = '\r\n\r\n';
const TEXT = /"content":"[^"]/;

/** One keep-alive connection that asks one thing after another; cheap enough to load two cores with. */
export class Connection {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @throws Error when the answer's status is not 200, or the peer hangs up. */
  ask(request: Buffer): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      let received = '';
      let firstTextMs: number | undefined;
      const startedMs = performance.now();
      const settle = (outcome: () => void): void => {
        socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error');
        outcome();
      };
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
        if (firstTextMs === undefined && TEXT.test(received)) {
          firstTextMs = performance.now() - startedMs;
        }
        if (!isWhole(received)) return;
        const wholeMs = performance.now() - startedMs;
        if (received.startsWith('HTTP/1.1 200')) {
          settle(() => resolve({ wholeMs, firstTextMs: firstTextMs ?? wholeMs }));
        } else {
          settle(() => reject(new Error(`expected status 200, got ${received.slice(0, 2_000)}`)));
        }
      });
      socket.on('error', (cause) => settle(() => reject(cause)));
      socket.on('close', () => settle(() => reject(new Error('the peer hung up'))));
      socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

function isWhole(received: string): boolean {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1];
  if (length === undefined) return received.endsWith('\r\n0\r\n\r\n');
  return received.length - headEnd - HEAD_END.length >= Number(length);
}

/** A chat request as bytes. */
export const chatRequest = (body: string): Buffer =>
  Buffer.from(
    [
      'POST /v1/chat/completions HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
