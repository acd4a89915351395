/** See read-events.js, which the browser runs as it is. */
export declare function readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void>;
