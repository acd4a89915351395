import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { LogFields } from '#runtime/observability.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { PowertoolsMetrics } from '#runtime/powertools-metrics.ts';
import { MetricsObserver } from '../../../lambdas/gateway/metrics-observer.ts';
import { aCompletion } from '../../support/audit-samples.ts';
import { capturedOutput } from '../../support/captured-output.ts';
import { serveAlways } from '../../support/governance-server.ts';
import { ADMIN, post } from '../../support/local-platform.ts';
import { runBallast } from '../../support/run-ballast.ts';
import { spawnPlatform } from '../../support/spawn-platform.ts';
import { attack } from './rows.ts';

const FORGED = '{"level":"error","message":"forged"}';
const EVIL = [
  `\n${FORGED}\n`,
  `\r\n${FORGED}`,
  `","message":"forged","x":"`,
  '\u2028forged\u2029',
  '\u001b[2J\u001b]0;owned\u0007forged',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the attack is spelled so
  '${jndi:ldap://127.0.0.1/forged}',
  '=cmd|forged!A1',
  'forged'.repeat(20_000),
];

/** A prompt that must be in no line. */
const PROMPT = 'the-quick-brown-canary';

describe(attack('F39'), () => {
  it('leaves whole lines of JSON in the platform’s log, and none of an attacker’s', async () => {
    const platform = await spawnPlatform('--memory');
    const stderr = text(Readable.from(platform.process.stderr ?? []));
    const chat = `${platform.url}/v1/chat/completions`;
    for (const evil of EVIL) {
      await post(chat, { model: evil, messages: [{ role: 'user', content: PROMPT + evil }] });
      await post(chat, { model: 'simulated/echo', messages: [], user: evil, [evil]: 1 });
      await post(`${platform.url}/v1/${encodeURIComponent(evil.slice(0, 2_000))}`, evil);
      await post(chat, '{}', {
        authorization: `Bearer sk-${encodeURIComponent(evil.slice(0, 99))}`,
      });
      await post(`${platform.url}/admin/v1/tenants`, { id: evil, name: evil }, ADMIN);
    }
    await platform.stop();

    const lines = (await stderr).split('\n').filter((line) => line !== '');

    expect(lines.length).toBeGreaterThan(EVIL.length);
    for (const line of lines) {
      const record = JSON.parse(line) as Record<string, unknown>;
      expect(record['message']).not.toBe('forged');
      expect(line).not.toContain(PROMPT);
      expect(line).not.toMatch(/sk-local/);
      expect(line.length).toBeLessThan(4_000);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
      expect(line).not.toMatch(/[\u0000-\u001f\u007f]/);
    }
  }, 60_000);

  it.each(EVIL)('is one line on Lambda, whatever a field holds (%#)', (evil) => {
    const log = new PowertoolsLog('gateway');
    const observer = new MetricsObserver(new PowertoolsMetrics('Ballast', log), log);
    const fields: LogFields = { value: evil, error: new Error(evil) };

    const lines = capturedOutput(() => {
      log.error(evil, fields);
      observer.finished({
        completion: aCompletion({ route: evil, keyId: evil, tenantId: evil }),
        reserved: { requests: 1, tokens: 1, nanoUsd: 1 },
        recorded: true,
      });
    });

    expect(lines).toHaveLength(2);
    expect(lines.map(({ message }) => message)).toEqual([evil, 'inference finished']);
  });
});

describe(attack('A05'), () => {
  const name = 'a \u001b[31mred\u001b[0m \u009b2J\u0007 name';
  const item = { id: name, name, status: name, limits: {}, scopes: [name], version: 1 };
  const HOSTILE = { ...item, object: 'list', data: [item], has_more: false };
  const FAILING = { error: { message: '\u001b[2Jred', code: '\u001b]0;red\u0007' } };

  it.each<[number, object, readonly string[]]>([
    [200, HOSTILE, ['tenants', 'list']],
    [200, HOSTILE, ['tenants', 'show', 'acme']],
    [200, HOSTILE, ['keys', 'list', 'acme']],
    [400, FAILING, ['tenants', 'list']],
    [400, FAILING, ['tenants', 'show', '\u001b]0;red\u0007']],
  ])('is shown without them, in tables and in errors (%#)', async (status, body, args) => {
    const server = await serveAlways(status, JSON.stringify(body));
    const env = { BALLAST_URL: server.url, BALLAST_API_KEY: 'sk-local-admin' };

    const { stdout, stderr } = await runBallast(args, { env });

    await server.close();
    expect(stdout + stderr).toContain('red');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
