import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import type { ChatResponse } from '#core/chat/chat-response.ts';
import { compileGuard } from '#core/guardrail/compile-guard.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import type { GuardrailRule } from '#core/guardrail/policy.ts';
import { guardThat } from './guarding.ts';

const MAIL = 'maria@kliniek-west.nl';

const guardWith = (...rules: GuardrailRule[]) =>
  compileGuard({ policy: { id: 'p', rules }, policyHash: 'h', detectors: builtInDetectors });

/** Every text a request can carry, with `text` in it. */
const requestFullOf = (text: string): ChatRequest => ({
  model: 'chat-default',
  temperature: 0.5,
  stop: ['never touched'],
  messages: [
    { role: 'system', content: `sys ${text}` },
    { role: 'developer', content: [{ type: 'text', text: `dev ${text}` }] },
    {
      role: 'user',
      name: 'maria',
      content: [
        { type: 'text', text: `user ${text}` },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      refusal: `no ${text}`,
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'send', arguments: `{"to":"${text}"}` },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: `{"sent":["${text}"],"ok":true}` },
    { role: 'user', content: text },
  ],
  tools: [
    {
      type: 'function',
      function: {
        name: 'send',
        description: `sends, ask ${text}`,
        parameters: { properties: { to: { description: `such as ${text}`, maxLength: 9 } } },
      },
    },
  ],
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'a', description: text, schema: { enum: ['x', text] } },
  },
  user: text,
  metadata: { owner: text },
});

describe('a guard on input', () => {
  it('redacts every text of a request and touches nothing else', () => {
    const { assessment, request } = guardThat('redact').input(requestFullOf(MAIL));

    expect(request).toEqual(requestFullOf('[EMAIL]'));
    expect(assessment.verdict).toBe('redact');
    expect(assessment.findings.map(({ location }) => location)).toEqual([
      'messages[0].content',
      'messages[1].content[0].text',
      'messages[2].content[0].text',
      'messages[3].refusal',
      'messages[3].tool_calls[0].arguments',
      'messages[4].content',
      'messages[5].content',
      'tools[0].description',
      'tools[0].parameters#0',
      'response_format.description',
      'response_format.schema#1',
      'user',
      'metadata#0',
    ]);
  });

  it('judges the property names of schemas, which a model reads, too', () => {
    const asking = (properties: object): ChatRequest => ({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      tools: [{ type: 'function', function: { name: 'f', parameters: { properties } } }],
    });
    const two = asking({ [MAIL]: { type: 'string' }, [`x${MAIL}`]: { type: 'number' } });

    const { assessment, request } = guardThat('redact').input(two);

    expect(request).toEqual(
      asking({ '[EMAIL]': { type: 'string' }, '[EMAIL]_4': { type: 'number' } }),
    );
    expect(assessment.findings.map(({ location }) => location)).toEqual([
      'tools[0].parameters.keys#1',
      'tools[0].parameters.keys#3',
    ]);
    expect(guardThat('block').input(two).assessment.verdict).toBe('block');
  });

  it('keeps a tool result JSON that was, and reads other text as it stands', () => {
    const result = (content: string): ChatRequest => ({
      model: 'm',
      messages: [{ role: 'tool', tool_call_id: 'c', content }],
    });
    const redacted = (content: string) => guardThat('redact').input(result(content)).request;

    expect(redacted(' {"card":4111111111111111,"to":"maria\\u0040a.nl"}')).toEqual(
      result(' {"card":"[PAYMENT_CARD]","to":"[EMAIL]"}'),
    );
    expect(redacted('[note] card 4111111111111111')).toEqual(result('[note] card [PAYMENT_CARD]'));
  });

  it('gives back the very request in which it found nothing', () => {
    const request = requestFullOf('nothing');

    const judged = guardThat('redact').input(request);

    expect(judged.request).toBe(request);
    expect(judged.assessment).toEqual({ verdict: 'allow', findings: [] });
  });

  it('says block for the door to refuse, whatever else was found', () => {
    const guard = guardWith(
      { detector: 'email', action: 'redact', direction: 'both' },
      { detector: 'iban', action: 'block', direction: 'input' },
    );
    const content = `${MAIL} pays to NL49INGB3558663649`;

    const { assessment } = guard.input({ model: 'm', messages: [{ role: 'user', content }] });

    expect(assessment.verdict).toBe('block');
    expect(assessment.findings.map(({ action }) => action)).toEqual(['redact', 'block']);
  });

  it('reports what it only flags, and leaves it', () => {
    const request = requestFullOf(MAIL);

    const judged = guardThat('flag').input(request);

    expect(judged.request).toBe(request);
    expect(judged.assessment.verdict).toBe('flag');
    expect(judged.assessment.findings).toHaveLength(13);
  });

  it('gives offsets into the text as it was', () => {
    const content = `a ${MAIL}, b 4111 1111 1111 1111.`;

    const { assessment } = guardThat('redact').input({
      model: 'm',
      messages: [{ role: 'user', content }],
    });

    expect(assessment.findings.map(({ start, end }) => content.slice(start, end))).toEqual([
      MAIL,
      '4111 1111 1111 1111',
    ]);
  });

  it('looks only where its rules tell it to', () => {
    const guard = guardWith({ detector: 'email', action: 'redact', direction: 'output' });
    const request = requestFullOf(MAIL);

    expect(guard.input(request).request).toBe(request);
  });

  it('is not compiled from a policy that names what does not exist', () => {
    const rule = { detector: 'emial', action: 'redact', direction: 'both' } as const;

    expect(() => guardWith(rule)).toThrow(
      "guardrail policy 'p' names the unknown detector 'emial', expected one of email, payment-card",
    );
  });
});

describe('a guard on output', () => {
  const answer = (content: string, args = '{}'): ChatResponse['choices'][number] => ({
    index: 0,
    finish_reason: 'tool_calls',
    message: {
      content,
      refusal: `no ${content}`,
      reasoning_content: `so ${content}`,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }],
    },
  });

  it('redacts content, refusal, reasoning and tool calls', () => {
    const { assessment, response } = guardThat('redact').output({
      choices: [answer(MAIL, `{"to":"${MAIL}"}`)],
    });

    expect(response.choices).toEqual([answer('[EMAIL]', '{"to":"[EMAIL]"}')]);
    expect(assessment.findings.map(({ location }) => location)).toEqual([
      'choices[0].content',
      'choices[0].refusal',
      'choices[0].reasoning_content',
      'choices[0].tool_calls[0].arguments',
    ]);
  });

  it('empties a blocked choice and leaves the others', () => {
    const clean = { ...answer('fine'), index: 1 };

    const { assessment, response } = guardThat('block').output({
      choices: [answer('fine', `{"to":"${MAIL}"}`), clean],
    });

    expect(assessment.verdict).toBe('block');
    expect(response.choices).toEqual([
      { index: 0, message: { content: null, refusal: null }, finish_reason: 'content_filter' },
      clean,
    ]);
  });

  it('names its policy', () => {
    expect(guardWith()).toMatchObject({ policyId: 'p', policyHash: 'h' });
  });

  it('without rules lets everything pass as it is', () => {
    const response = { choices: [answer(MAIL)] };
    const event = { type: 'content', choice: 0, text: MAIL } as const;

    expect(guardWith().output(response).response).toBe(response);
    expect(guardWith().stream().push(event)).toEqual([event]);
  });
});
