import { type Assessment, type Finding, severest } from './finding.ts';
import type { FindingSink } from './guarded-text.ts';

/** Gathers the findings of one request, answer or stream. */
export class Findings implements FindingSink {
  readonly #findings: Finding[] = [];

  add(finding: Finding): number {
    return this.#findings.push(finding) - 1;
  }

  grow(place: number, end: number): void {
    const finding = this.#findings[place];
    if (finding !== undefined) this.#findings[place] = { ...finding, end };
  }

  get assessment(): Assessment {
    const verdict = severest(this.#findings.map(({ action }) => action));
    return { verdict, findings: [...this.#findings] };
  }
}
