import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

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

  /**
   * @returns milliseconds from the last byte written to the last byte read.
   * @throws Error when the answer's status is not 200, or the peer hangs up.
   */
  ask(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      let received = '';
      const startedMs = performance.now();
      const settle = (outcome: () => void): void => {
        socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error');
        outcome();
      };
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
        if (!isWhole(received)) return;
        const wholeMs = performance.now() - startedMs;
        if (received.startsWith('HTTP/1.1 200')) {
          settle(() => resolve(wholeMs));
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
export const chatRequest = (body: string, headers: Readonly<Record<string, string>> = {}): Buffer =>
  Buffer.from(
    [
      'POST /v1/chat/completions HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
