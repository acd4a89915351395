import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseAnswer, ConverseEvent } from './bedrock-client.ts';

/** A whole answer as the events it would have been streamed as: one translator for both. */
export function* eventsOfAnswer(answer: ConverseAnswer): Generator<ConverseEvent, void> {
  const blocks: readonly ContentBlock[] = answer.output?.message?.content ?? [];
  for (const [contentBlockIndex, block] of blocks.entries()) {
    if (block.toolUse !== undefined) {
      const { toolUseId, name, input } = block.toolUse;
      yield { contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId, name } } } };
      const toolUse = { input: JSON.stringify(input ?? {}) };
      yield { contentBlockDelta: { contentBlockIndex, delta: { toolUse } } };
      continue;
    }
    const thought = block.reasoningContent?.reasoningText?.text;
    if (thought !== undefined) {
      const reasoningContent = { text: thought };
      yield { contentBlockDelta: { contentBlockIndex, delta: { reasoningContent } } };
    }
    const text = textIn(block);
    if (text !== '') yield { contentBlockDelta: { contentBlockIndex, delta: { text } } };
  }
  // Before the stop, which may make it an answer of no use: it has been billed all the same.
  yield { metadata: { usage: answer.usage, metrics: undefined } };
  yield { messageStop: { stopReason: answer.stopReason } };
}

/** Cited text comes in a block of its own kind. */
const textIn = ({ text, citationsContent }: ContentBlock): string =>
  text ?? (citationsContent?.content ?? []).map((cited) => cited.text ?? '').join('');
