import type { ServerResponse } from 'node:http';
import type { HttpResponder } from '#runtime/http.ts';
import { endOf, writeTo } from '#runtime/writable.ts';

/** An answer on a Node socket. A peer that has gone takes nothing and stops nobody. */
export class NodeResponder implements HttpResponder {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  start(status: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(status, headers);
  }

  write(text: string): Promise<void> {
    return writeTo(this.#response, text);
  }

  abort(): void {
    this.#response.destroy();
  }

  async end(text?: string): Promise<void> {
    if (text !== undefined) await this.write(text);
    await endOf(this.#response);
  }
}
