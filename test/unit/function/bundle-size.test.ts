import { describe, expect, it } from 'vitest';
import { bundleSizes } from '../../bench/coldstart/bundle-sizes.ts';

/** Cold start is paid for by what is evaluated before the handler exists. */
const MOST_STATIC_BYTES = 350_000;

const gateway = bundleSizes('gateway');

const from = (inputs: readonly string[], packages: RegExp): readonly string[] =>
  inputs.filter((input) => packages.test(input));

describe("the gateway's bundle", () => {
  it('loads at most 350 KB before its handler exists', () => {
    expect(gateway.staticBytes).toBeLessThanOrEqual(MOST_STATIC_BYTES);
  });

  it('ships modules only, no source maps', () => {
    const others = gateway.files.filter((file) => !file.endsWith('.mjs'));

    expect(others).toEqual([]);
    expect(gateway.mapped).toBe(false);
  });

  it('has no tracer, no tokenizer and no zod anywhere', () => {
    const heavy = from(
      gateway.inputs,
      /node_modules\/(zod|@aws-lambda-powertools\/tracer|aws-xray-sdk[^/]*|[^/]*tiktoken|gpt-tokenizer)\//,
    );

    expect(heavy).toEqual([]);
  });

  it('loads nothing of Bedrock before somebody calls it', () => {
    const bedrock = from(
      gateway.staticInputs,
      /@smithy\/eventstream|@aws-sdk\/(client-bedrock|eventstream)|adapters\/bedrock/,
    );

    expect(bedrock).toEqual([]);
    expect(from(gateway.inputs, /@aws-sdk\/client-bedrock/)).not.toEqual([]);
  });
});
