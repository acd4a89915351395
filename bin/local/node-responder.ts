import type { ServerResponse } from 'node:http';
import type { HttpResponder } from '#runtime/http.ts';

/** An answer on a Node socket. A peer that has gone takes nothing and stops nobody. */
export class NodeResponder implements HttpResponder {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  start(status: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(status, headers);
  }

  async write(text: string): Promise<void> {
    if (this.#response.destroyed || this.#response.write(text)) return;
    await new Promise<void>((resolve) => {
      this.#response.once('drain', resolve).once('close', resolve);
    });
  }

  async end(text?: string): Promise<void> {
    if (this.#response.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#response.once('close', resolve);
      this.#response.end(text, resolve);
    });
  }
}
