/** A piece of JSON text: within a string or not, as a reader sees it and as it was written. */
export interface JsonPiece {
  readonly kind: 'string' | 'bare';
  readonly view: string;
  readonly raw: string;
}

interface ReadPiece extends JsonPiece {
  /** Characters taken from the text. */
  readonly read: number;
}

const NOTHING = { kind: 'string', view: '', raw: '' } as const;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Up to the next character that means something to the lexer. */
const PLAIN = { string: /[^"\\]+/y, bare: /[^"]+/y } as const;
const WHOLE_ESCAPE = /\\(?:u[0-9a-f]{4}|[^u])/isy;
const POSSIBLE_ESCAPE = /^\\(?:u[0-9a-f]{0,4}|[^u])$/is;

/**
 * Cuts JSON text, as it comes, into strings and what stands between them; quotes belong to what
 * stands between. Escapes are undone in `view`. Text that is no JSON passes too: an escape that
 * means nothing stands for itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-7
 */
export class JsonLexer {
  #kind: JsonPiece['kind'] = 'bare';
  #escape = '';

  /** Is an escape under way? */
  get midEscape(): boolean {
    return this.#escape !== '';
  }

  *push(text: string): Generator<JsonPiece> {
    let index = 0;
    while (index < text.length) {
      const piece = this.#escape === '' ? this.#next(text, index) : this.#inEscape(text, index);
      index += piece.read;
      if (piece.raw !== '') yield piece;
    }
  }

  /** The escape that the text broke off in, as it stands. */
  end(): JsonPiece {
    const raw = this.#escape;
    this.#escape = '';
    return { kind: this.#kind, view: raw, raw };
  }

  #next(text: string, index: number): ReadPiece {
    const plain = PLAIN[this.#kind];
    plain.lastIndex = index;
    const run = plain.exec(text)?.[0] ?? '';
    if (run !== '') return { kind: this.#kind, view: run, raw: run, read: run.length };
    if (text.charAt(index) === '"') return this.#quote();
    WHOLE_ESCAPE.lastIndex = index;
    const raw = WHOLE_ESCAPE.exec(text)?.[0];
    if (raw !== undefined) return { ...unescaped(raw), read: raw.length };
    this.#escape = '\\';
    return { ...NOTHING, read: 1 };
  }

  #quote(): ReadPiece {
    this.#kind = this.#kind === 'bare' ? 'string' : 'bare';
    return { kind: 'bare', view: '"', raw: '"', read: 1 };
  }

  #inEscape(text: string, index: number): ReadPiece {
    const raw = this.#escape + text.charAt(index);
    // An escape that breaks off stands for itself, and its next character for whatever it is.
    if (!POSSIBLE_ESCAPE.test(raw)) return { ...this.end(), read: 0 };
    WHOLE_ESCAPE.lastIndex = 0;
    const whole = WHOLE_ESCAPE.test(raw);
    this.#escape = whole ? '' : raw;
    return { ...(whole ? unescaped(raw) : NOTHING), read: 1 };
  }
}

function unescaped(raw: string): JsonPiece {
  const view = raw.startsWith('\\u')
    ? String.fromCharCode(Number.parseInt(raw.slice(2), 16))
    : (SIMPLE_ESCAPES[raw.slice(1)] ?? raw);
  return { kind: 'string', view, raw };
}
