import { Agent, type IncomingMessage, request } from 'node:http';
import { monotonicUs } from './stamp.ts';
import { type StreamFigures, StreamTally } from './stream-tally.ts';

/** One keep-alive connection that asks for one stream after another. */
export class StreamConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(port: number, headers: Readonly<Record<string, string>>) {
    this.#port = port;
    this.#headers = headers;
  }

  /**
   * @param chunks how many the upstream sends.
   * @param onPiece sees what comes, as it comes.
   * @throws Error when the status is not 200, or the stream breaks off or is out of order.
   */
  ask(body: string, chunks: number, onPiece?: (piece: string) => void): Promise<StreamFigures> {
    return new Promise((resolve, reject) => {
      const tally = new StreamTally(chunks, monotonicUs());
      const settle = (): void => {
        try {
          resolve(tally.end());
        } catch (error) {
          reject(error);
        }
      };
      const read = (answer: IncomingMessage): void => {
        answer.setEncoding('latin1');
        let text = '';
        answer.on('data', (piece: string) => {
          if (answer.statusCode !== 200) {
            text += piece;
            return;
          }
          onPiece?.(piece);
          try {
            tally.push(piece);
          } catch (error) {
            answer.destroy(error as Error);
          }
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200) settle();
          else reject(new Error(`expected status 200, got ${answer.statusCode}: ${text}`));
        });
      };
      const asking = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port: this.#port,
        method: 'POST',
        path: '/v1/chat/completions',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...this.#headers,
        },
      });
      asking.on('response', read).on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
