import type { ServerResponse } from 'node:http';
import type { HttpResponder } from '#runtime/http.ts';
import { endOf, writeTo } from '#runtime/writable.ts';

/** An answer on a Node socket. A peer that has gone takes nothing and stops nobody. */
export class NodeResponder implements HttpResponder {
  readonly #response: ServerResponse;
  /** Waits for the first piece of the body: one that comes whole has its length told, and goes out with it. */
  #head:
    | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
    | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  start(status: number, headers: Readonly<Record<string, string>>): void {
    this.#head = { status, headers };
  }

  write(text: string): Promise<void> {
    this.#writeHead({});
    return writeTo(this.#response, text);
  }

  abort(): void {
    this.#response.destroy();
  }

  async end(text?: string): Promise<void> {
    if (text !== undefined) this.#writeHead({ 'content-length': Buffer.byteLength(text) });
    else this.#writeHead({});
    await endOf(this.#response, text);
  }

  #writeHead(length: { readonly 'content-length'?: number }): void {
    if (this.#head === undefined) return;
    const { status, headers } = this.#head;
    this.#head = undefined;
    this.#response.writeHead(status, { ...headers, ...length });
  }
}
