import { describe, expect, it } from 'vitest';
import { modelTraits } from '#adapters/bedrock/model-traits.ts';

describe('modelTraits', () => {
  it.each([
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', true],
    ['us.anthropic.claude-opus-4-6-v1', true],
    ['global.anthropic.claude-haiku-4-5-20251001-v1:0', true],
    ['anthropic.claude-sonnet-5-20270101-v1:0', true],
    ['openai.gpt-oss-120b-1:0', true],
    ['anthropic.claude-sonnet-4-20250514-v1:0', false],
    ['anthropic.claude-opus-4-1-20250805-v1:0', false],
    ['anthropic.claude-3-5-sonnet-20240620-v1:0', false],
    ['amazon.nova-pro-v1:0', false],
  ])('knows whether %s answers by schema: %s', (model, native) => {
    expect(modelTraits(model).nativeJsonSchema).toBe(native);
  });

  it.each([
    ['anthropic.claude-3-haiku-20240307-v1:0', true, true],
    ['eu.amazon.nova-lite-v1:0', true, true],
    ['mistral.mistral-large-2407-v1:0', false, true],
    ['meta.llama3-1-8b-instruct-v1:0', false, false],
    ['arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc', true, true],
  ])('knows how %s can be made to call tools', (model, named, required) => {
    expect(modelTraits(model)).toMatchObject({
      namedToolChoice: named,
      requiredToolChoice: required,
    });
  });
});
