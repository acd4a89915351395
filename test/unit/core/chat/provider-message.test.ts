import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '#core/chat/chat-request.ts';
import { providerMessage } from '#core/chat/provider-message.ts';
import { aRequest } from '../../../support/chat-calls.ts';

const asking = (content: string, ...more: ChatMessage[]) =>
  aRequest({ messages: [{ role: 'user', content }, ...more] });

describe('providerMessage', () => {
  it('passes on a plain message without its final stop', () => {
    expect(providerMessage('Unknown field: foo.', asking('hello'))).toBe('Unknown field: foo');
  });

  it('cuts a long message to 300 units, never through a surrogate pair', () => {
    const message = providerMessage(`${'x'.repeat(298)}😀😀`, asking('hello'));

    expect(message).toBe(`${'x'.repeat(298)}…`);
  });

  it('makes control and direction characters blanks', () => {
    expect(providerMessage('a\r\nb\u0000c\u202ed', asking('hello'))).toBe('a b c d');
  });

  it.each(['sk-abcdefgh1234', 'AKIAIOSFODNN7EXAMPLE', 'Bearer eyJhbGciOi.x-y'])(
    'hides credentials such as %s',
    (credential) => {
      expect(providerMessage(`bad key ${credential} given`, asking('hello'))).toBe(
        'bad key [redacted] given',
      );
    },
  );

  it.each([
    ['a run of the prompt', asking('answer my secret question about this')],
    ['a short prompt as a whole', asking('secret qu')],
    [
      'arguments of a call',
      asking('hi', {
        role: 'assistant',
        tool_calls: [
          {
            id: 'a',
            type: 'function',
            function: { name: 'f', arguments: '{"q":"a secret question about me"}' },
          },
        ],
      }),
    ],
  ])('says nothing when it quotes %s', (_what, request) => {
    expect(providerMessage("cannot parse 'a secret question about me'", request)).toBeUndefined();
  });

  it.each([undefined, null, 42, {}, '', ' \n '])('says nothing for %j', (said) => {
    expect(providerMessage(said, asking('hello'))).toBeUndefined();
  });
});
