import type { ChatResponse } from '../chat/chat-response.ts';
import type { Detector } from './detector.ts';
import { type Assessment, type Finding, NOTHING_FOUND } from './finding.ts';
import { Findings } from './findings.ts';
import type { Guard } from './guard.ts';
import { GuardedStream } from './guarded-stream.ts';
import type { ActiveRule } from './merge-hits.ts';
import type { Direction, GuardrailPolicy } from './policy.ts';
import { rewriteRequest } from './rewrite-request.ts';
import { blockedChoice, rewriteChoice } from './rewrite-response.ts';
import { TextJudge } from './text-judge.ts';

export interface GuardDefinition {
  readonly policy: GuardrailPolicy;
  /** SHA-256 of the policy as JSON, lower-case hex; goes into every audit record. */
  readonly policyHash: string;
  /** By name. */
  readonly detectors: ReadonlyMap<string, Detector>;
}

/**
 * A policy with its detectors at hand.
 *
 * @throws Error when the policy names a detector that does not exist.
 */
export function compileGuard({ policy, policyHash, detectors }: GuardDefinition): Guard {
  const inputJudge = judgeFor('input', policy, detectors);
  const outputJudge = judgeFor('output', policy, detectors);
  return {
    policyId: policy.id,
    policyHash,
    input(request) {
      if (inputJudge.idle) return { assessment: NOTHING_FOUND, request };
      const findings = new Findings();
      const rewritten = rewriteRequest(
        request,
        (text, location, reading) => inputJudge.whole(text, reading, { location, findings }).text,
      );
      const assessment = findings.assessment;
      return { assessment, request: changes(assessment) ? rewritten : request };
    },
    output(response) {
      if (outputJudge.idle) return { assessment: NOTHING_FOUND, response };
      return judgeResponse(response, outputJudge);
    },
    stream: () => new GuardedStream(outputJudge),
  };
}

function judgeResponse(response: ChatResponse, judge: TextJudge) {
  const findings = new Findings();
  const choices = response.choices.map((choice) => {
    let blocked = false;
    const rewritten = rewriteChoice(choice, (text, location, reading) => {
      const judged = judge.whole(text, reading, { location, findings });
      blocked ||= judged.blocked;
      return judged.text;
    });
    return blocked ? blockedChoice(choice.index) : rewritten;
  });
  const assessment = findings.assessment;
  return { assessment, response: changes(assessment) ? { ...response, choices } : response };
}

const changes = ({ findings }: Assessment): boolean =>
  findings.some(({ action }: Finding) => action !== 'flag');

function judgeFor(
  direction: Exclude<Direction, 'both'>,
  policy: GuardrailPolicy,
  detectors: ReadonlyMap<string, Detector>,
): TextJudge {
  const active = policy.rules.map((rule): ActiveRule & { readonly direction: Direction } => {
    const detector = detectors.get(rule.detector);
    if (detector === undefined) {
      const known = [...detectors.keys()].join(', ');
      throw new Error(
        `guardrail policy '${policy.id}' names the unknown detector '${rule.detector}', expected one of ${known}`,
      );
    }
    return { detector, action: rule.action, direction: rule.direction };
  });
  const rules = active.filter((rule) => rule.direction === direction || rule.direction === 'both');
  return new TextJudge({
    enforced: rules.filter(({ action }) => action !== 'flag'),
    watched: rules.filter(({ action }) => action === 'flag'),
  });
}
