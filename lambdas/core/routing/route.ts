/** One (provider, model) a route may use. */
export interface Target {
  /** Name of a provider in the wiring: `bedrock`, `openai`, `simulated`, … */
  readonly provider: string;
  /** The provider's own name of the model. */
  readonly model: string;
  /** Share of first attempts; 0 makes the target a fallback only. */
  readonly weight: number;
  /** The most tokens the model writes in one choice. */
  readonly maxOutputTokens: number;
}

/** What a public model name stands for: ordered, weighted targets and how to treat them. */
export interface Route {
  /** The `model` that clients ask for. */
  readonly name: string;
  readonly description: string;
  readonly targets: readonly Target[];
  /** Output cap for a request that names none. */
  readonly defaultMaxTokens: number;
  /** How long one target may take to begin its answer. */
  readonly firstByteTimeoutMs: number;
  /** How long a begun stream may fall silent. */
  readonly idleTimeoutMs: number;
  /** How long one target may take for a whole, not streamed, answer. */
  readonly answerTimeoutMs: number;
  /** How long the whole inference may take, fallbacks included. */
  readonly deadlineMs: number;
  /** How long a stream waits for content before it commits to status 200. */
  readonly commitAfterMs: number;
  /** The most attempts one inference may make; written into the audit intent. */
  readonly maxAttempts: number;
  /** Drop parameters a target cannot honour instead of refusing the request. */
  readonly dropParams: boolean;
  /** Name of the guardrail policy. */
  readonly guardrailPolicy: string;
}

/** A target's name in metrics, audit records, price tables and the `model` of an answer. */
export const targetName = (target: Pick<Target, 'provider' | 'model'>): string =>
  `${target.provider}/${target.model}`;

/** Port. Finds routes; kept in memory, refreshed behind the caller's back. */
export interface RouteTable {
  route(name: string): Route | undefined;
  all(): readonly Route[];
}
