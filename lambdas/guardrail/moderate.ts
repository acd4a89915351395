import { compileGuard } from '#core/guardrail/compile-guard.ts';
import type { Detector } from '#core/guardrail/detector.ts';
import { type Assessment, severest } from '#core/guardrail/finding.ts';
import type { Guard } from '#core/guardrail/guard.ts';

/** One result after the OpenAI API, our categories in it, and what the caller's policy would do. */
export interface ModerationResult {
  readonly flagged: boolean;
  readonly categories: Readonly<Record<string, boolean>>;
  /** 0 or 1: our detectors check, they do not guess. */
  readonly category_scores: Readonly<Record<string, number>>;
  readonly category_applied_input_types: Readonly<Record<string, readonly ['text']>>;
  /** Our extension. */
  readonly ballast: { readonly policy: string; readonly verdict: Assessment['verdict'] };
}

export interface Moderation {
  readonly results: readonly ModerationResult[];
  /** Everything found in any input; locations are `input[0]`, or `input[0][2]` for a part. */
  readonly assessment: Assessment;
}

/** A guard that reports everything any detector finds, whatever the policies say. */
const guardOfAll = (detectors: ReadonlyMap<string, Detector>): Guard =>
  compileGuard({
    policy: {
      id: 'moderation',
      rules: [...detectors.keys()].map((detector) => ({
        detector,
        action: 'flag',
        direction: 'both',
      })),
    },
    policyHash: '',
    detectors,
  });

/** Judges each input by every detector, and says what `policy` would make of it. */
export class Moderator {
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #all: Guard;

  constructor(detectors: ReadonlyMap<string, Detector>) {
    this.#detectors = detectors;
    this.#all = guardOfAll(detectors);
  }

  moderate(inputs: readonly (readonly string[])[], policy: Guard): Moderation {
    const judged = inputs.map((texts, index) => this.#judge(texts, `input[${index}]`, policy));
    return {
      results: judged.map(({ result }) => result),
      assessment: {
        verdict: severest(judged.map(({ verdict }) => verdict)),
        findings: judged.flatMap(({ findings }) => findings),
      },
    };
  }

  #judge(texts: readonly string[], place: string, policy: Guard) {
    const request = {
      model: '',
      messages: texts.map((content) => ({ role: 'user', content }) as const),
    };
    const { verdict, findings } = this.#all.input(request).assessment;
    return {
      result: this.#result(new Set(findings.map(({ detector }) => detector)), {
        policy: policy.policyId,
        verdict: policy.input(request).assessment.verdict,
      }),
      verdict,
      findings: findings.map((finding) => ({
        ...finding,
        location: relocate(finding.location, place, texts.length),
      })),
    };
  }

  #result(found: ReadonlySet<string>, ballast: ModerationResult['ballast']): ModerationResult {
    const byCategory = <T>(value: (detector: Detector) => T): Record<string, T> =>
      Object.fromEntries(
        [...this.#detectors.values()].map((detector) => [detector.category, value(detector)]),
      );
    return {
      flagged: found.size > 0,
      categories: byCategory(({ name }) => found.has(name)),
      category_scores: byCategory(({ name }) => (found.has(name) ? 1 : 0)),
      category_applied_input_types: byCategory(() => ['text'] as const),
      ballast,
    };
  }
}

/** `messages[2].content` is the caller's third part. */
function relocate(location: string, place: string, parts: number): string {
  const part = /^messages\[(\d+)\]/.exec(location)?.[1];
  return parts === 1 ? place : `${place}[${part}]`;
}
