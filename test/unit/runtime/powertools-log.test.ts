import { describe, expect, it } from 'vitest';
import { Failure } from '#core/failures/failure.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { capturedOutput } from '../../support/captured-output.ts';

describe('PowertoolsLog', () => {
  it('writes one line of JSON with level, service, message and fields', () => {
    const log = new PowertoolsLog('gateway');

    const lines = capturedOutput(() => {
      log.info('inference finished', { route: 'chat' });
      log.warn('circuit opened', { target: 'bedrock/m' });
      log.error('platform degraded');
    });

    expect(lines).toMatchObject([
      { level: 'INFO', service: 'gateway', message: 'inference finished', route: 'chat' },
      { level: 'WARN', service: 'gateway', message: 'circuit opened', target: 'bedrock/m' },
      { level: 'ERROR', service: 'gateway', message: 'platform degraded' },
    ]);
  });

  it('keeps nothing of one line for the next', () => {
    const log = new PowertoolsLog('gateway');

    const [, second] = capturedOutput(() => {
      log.info('first', { tenant: 'acme' });
      log.info('second', { key: 'k' });
    });

    expect(second).not.toHaveProperty('tenant');
  });

  it('logs an error with name, message, code and stack, and its cause, but no request', () => {
    const log = new PowertoolsLog('gateway');
    const cause = Object.assign(new Error('socket hang up'), {
      code: 'ECONNRESET',
      $response: { body: 'the prompt' },
      config: { data: 'the prompt' },
    });
    const error = new Failure('audit_unavailable', 'no record', { cause });

    const [line] = capturedOutput(() => log.error('platform degraded', { error }));

    expect(line).toMatchObject({
      error: {
        name: 'Failure',
        message: 'no record',
        code: 'audit_unavailable',
        stack: expect.stringContaining('powertools-log.test.ts'),
        cause: { name: 'Error', message: 'socket hang up', code: 'ECONNRESET' },
      },
    });
    expect(JSON.stringify(line)).not.toContain('the prompt');
  });
});
