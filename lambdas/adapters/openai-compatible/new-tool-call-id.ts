import { randomUUID } from 'node:crypto';

/** An id for a tool call whose server gave none, in the shape OpenAI's own have. */
export const newToolCallId = (): string => `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
