import { describe, expect, it } from 'vitest';
import { describeError } from '#runtime/describe-error.ts';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
};

describe('describeError', () => {
  it('withholds the message of a parser, which quotes what it parsed', () => {
    const thrown = thrownBy(() => JSON.parse('my secret'));

    expect(JSON.stringify(describeError(thrown))).not.toContain('secret');
  });

  it('says nothing of what was thrown without being an Error', () => {
    expect(describeError('my secret')).toEqual({ name: 'string', message: 'not an Error' });
  });

  it('keeps messages short', () => {
    expect(describeError(new Error('x'.repeat(5_000))).message).toHaveLength(1_000);
  });

  it('describes the parts of several errors at once', () => {
    const thrown = new AggregateError([new Error('one'), new Error('two')], 'both');

    expect(describeError(thrown)).toMatchObject({
      message: 'both',
      errors: [{ message: 'one' }, { message: 'two' }],
    });
  });

  it('comes to an end when a cause is its own cause', () => {
    const thrown = new Error('round');
    thrown.cause = thrown;

    expect(JSON.stringify(describeError(thrown)).split('round').length - 1).toBe(5);
  });
});
