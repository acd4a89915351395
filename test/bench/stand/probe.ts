import { chatBody } from '../load/bench-call.ts';
import { Connection, chatRequest } from '../load/connection.ts';
import { StreamConnection } from '../load/stream-connection.ts';
import { CHUNKS } from '../peers/stream-text.ts';
import type { Peer } from './peer.ts';
import type { TargetName } from './targets.ts';

export interface Probed {
  readonly name: TargetName;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly upstream: Peer;
}

/** Of the personal data that the upstream says, a piece that our gateway must not let out. */
const CARD = '4111 1111 1111 1111';

/** What Portkey's gateway answers with when a guard has found something and nothing is denied. */
const GUARD_FOUND = 246;

/**
 * One whole answer, one stream, one stream full of personal data.
 *
 * @throws Error when one of them fails, or when guards are not what the target's name says: then the
 *   figures would be of something else.
 */
export async function probe(probed: Probed): Promise<void> {
  const { name, port, headers, upstream } = probed;
  const whole = await Connection.open(port);
  const streams = new StreamConnection(port, headers);
  try {
    await whole.ask(chatRequest(chatBody(false), headers));
    await upstream.tell({ delayMs: 0, paceMs: 0, text: 'prose' });
    const { lost } = await streams.ask(chatBody(true), CHUNKS);
    if (lost > 0) throw new Error(`lost ${lost} of ${2 * CHUNKS} words of a stream`);
    await upstream.tell({ delayMs: 0, paceMs: 0, text: 'personal data' });
    let said = '';
    await streams.ask(chatBody(true), CHUNKS, (piece) => {
      said += piece;
    });
    const guarded = name.startsWith('gateway');
    if (said.includes(CARD) === guarded) {
      throw new Error(`expected the card number to be ${guarded ? 'redacted' : 'passed on'}`);
    }
    if (name === 'portkeyGuarded') await probeGuards(probed);
  } finally {
    whole.close();
    streams.close();
  }
}

async function probeGuards({ port, headers }: Probed): Promise<void> {
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: chatBody(false, 'please write to ann.smith@example.org'),
  });
  if (status !== GUARD_FOUND) {
    throw new Error(`expected status ${GUARD_FOUND} for an email address, got ${status}`);
  }
}
