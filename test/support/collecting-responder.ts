import type { HttpResponder } from '#runtime/http.ts';

/** Keeps an answer as its client would see it. */
export class CollectingResponder implements HttpResponder {
  status: number | undefined;
  headers: Readonly<Record<string, string>> = {};
  readonly writes: string[] = [];
  ended = false;
  aborted = false;
  /** Called at every write, to slow the reader down or to fail. */
  readonly #onWrite: () => Promise<void>;

  constructor(onWrite: () => Promise<void> = async () => {}) {
    this.#onWrite = onWrite;
  }

  get body(): string {
    return this.writes.join('');
  }

  start(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.status !== undefined) throw new Error('started twice');
    this.status = status;
    this.headers = headers;
  }

  async write(text: string): Promise<void> {
    if (this.status === undefined || this.ended) throw new Error('written out of turn');
    this.writes.push(text);
    await this.#onWrite();
  }

  abort(): void {
    this.aborted = true;
  }

  async end(text?: string): Promise<void> {
    if (text !== undefined) await this.write(text);
    if (this.ended) throw new Error('ended twice');
    this.ended = true;
  }
}
