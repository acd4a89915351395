import { type ChatRequest, choicesAsked, maxTokensAsked } from '../chat/chat-request.ts';
import type { ModelProvider } from '../chat/model-provider.ts';
import { Failure } from '../failures/failure.ts';
import { failed, type Outcome, succeeded } from '../failures/outcome.ts';
import type { Guard } from '../guardrail/guard.ts';
import type { Caller } from '../identity/caller.ts';
import { checkFits } from '../quota/check-fits.ts';
import { estimatePromptTokens } from '../quota/estimate-tokens.ts';
import type { Amounts } from '../quota/limits.ts';
import { dearestCost, type Price } from '../quota/price.ts';
import { chooseTargets } from '../routing/choose-targets.ts';
import { type Route, type Target, targetName } from '../routing/route.ts';
import type { ChatInference } from './chat-inference.ts';
import type { InferencePorts } from './inference-ports.ts';

export interface PlannedTarget {
  readonly target: Target;
  /** `provider/model`. */
  readonly name: string;
  readonly provider: ModelProvider;
  readonly price: Price;
  /** What it bills for the prompt at most, in tokens: once, or once a choice. */
  readonly promptTokens: number;
  /** The most tokens it may write in one choice. */
  readonly outputCap: number;
  /** Parameters it cannot honour and the route lets go. */
  readonly dropped: readonly string[];
}

/** A request as one target gets it: its own output cap, nothing it cannot honour. */
export function requestFor(planned: PlannedTarget, request: ChatRequest): ChatRequest {
  const { max_tokens: _replaced, ...rest } = without(request, planned.dropped);
  return { ...rest, max_completion_tokens: planned.outputCap };
}

/** What one inference may do, decided before anything is written or called. */
export interface ChatPlan {
  readonly route: Route;
  readonly guard: Guard;
  /** In the order they are tried; at least one. */
  readonly targets: readonly PlannedTarget[];
  /** To be reserved: the prompt and the longest output, at the dearest target. */
  readonly amounts: Amounts;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
}

export type PlanPorts = Pick<
  InferencePorts,
  'routes' | 'guards' | 'providers' | 'prices' | 'random'
>;

/** Finds out whether and how a request can be served. Pure but for the weighted draw. */
export function planChat(inference: ChatInference, ports: PlanPorts): Outcome<ChatPlan> {
  const { caller, request } = inference;
  const route = ports.routes.route(request.model);
  if (route === undefined || !mayCall(caller, route)) return failed(modelNotFound(request.model));
  const guard = ports.guards.get(caller.guardrailPolicy ?? route.guardrailPolicy);
  if (guard === undefined) {
    return failed(
      new Failure(
        'config_unavailable',
        `guardrail policy '${caller.guardrailPolicy ?? route.guardrailPolicy}' does not exist; the operator must define it or name another`,
      ),
    );
  }
  const planned = planTargets(route, request, ports);
  if (!planned.ok) return planned;
  const amounts = amountsOf(request, planned.value);
  const unfit = checkFits(caller.limits, amounts);
  if (unfit !== undefined) return failed(unfit);
  return succeeded({
    route,
    guard,
    targets: chooseTargets(
      planned.value.map((target) => ({ ...target, weight: target.target.weight })),
      ports.random,
    ),
    amounts,
    deadlineMs: Math.min(inference.deadlineMs, inference.startedAtMs + route.deadlineMs),
  });
}

const mayCall = (caller: Caller, route: Route): boolean =>
  caller.routes === undefined || caller.routes.includes(route.name);

export const modelNotFound = (model: string): Failure =>
  new Failure(
    'model_not_found',
    `model '${model}' does not exist or is not offered to you; GET /v1/models lists those that are`,
    { param: 'model' },
  );

function planTargets(
  route: Route,
  request: ChatRequest,
  ports: PlanPorts,
): Outcome<readonly PlannedTarget[]> {
  const planned: PlannedTarget[] = [];
  const promptTokens = estimatePromptTokens(request);
  let refusal: Failure | undefined;
  for (const target of route.targets) {
    const outcome = planTarget({ route, target, promptTokens }, request, ports);
    if (outcome.ok) planned.push(outcome.value);
    // A missing price or provider is the operator's to mend: it must not hide behind a fallback.
    else if (outcome.failure.code !== 'unsupported_parameter') return outcome;
    else refusal ??= outcome.failure;
  }
  if (planned.length > 0) return succeeded(planned);
  return failed(refusal ?? new Failure('config_unavailable', `route ${route.name} has no targets`));
}

function planTarget(
  { route, target, promptTokens }: { route: Route; target: Target; promptTokens: number },
  request: ChatRequest,
  ports: PlanPorts,
): Outcome<PlannedTarget> {
  const name = targetName(target);
  const provider = ports.providers.get(target.provider);
  if (provider === undefined) {
    return failed(
      new Failure(
        'config_unavailable',
        `route ${route.name} names unknown provider '${target.provider}'`,
      ),
    );
  }
  const price = ports.prices[name];
  if (price === undefined) {
    return failed(
      new Failure(
        'price_unknown',
        `${name} has no price; the operator must list it in the price file`,
      ),
    );
  }
  const dropped: string[] = [];
  for (;;) {
    const param = provider.unsupportedParameter(without(request, dropped), target.model);
    if (param === undefined) break;
    if (!route.dropParams || dropped.includes(param)) return failed(unsupported(param, request));
    dropped.push(param);
  }
  const asked = maxTokensAsked(request) ?? route.defaultMaxTokens;
  const outputCap = Math.min(asked, target.maxOutputTokens);
  const prompts = provider.billsPromptPerChoice ? choicesAsked(request) : 1;
  return succeeded({
    target,
    name,
    provider,
    price,
    promptTokens: prompts * promptTokens,
    outputCap,
    dropped,
  });
}

const unsupported = (param: string, request: ChatRequest): Failure =>
  new Failure(
    'unsupported_parameter',
    `'${param}' cannot be honoured by model '${request.model}'; leave it out or choose another model`,
    { param },
  );

const without = (request: ChatRequest, dropped: readonly string[]): ChatRequest =>
  dropped.length === 0
    ? request
    : (Object.fromEntries(
        Object.entries(request).filter(([name]) => !dropped.includes(name)),
      ) as unknown as ChatRequest);

function amountsOf(request: ChatRequest, targets: readonly PlannedTarget[]): Amounts {
  const choices = choicesAsked(request);
  return {
    requests: 1,
    tokens: Math.max(
      ...targets.map(({ promptTokens, outputCap }) => promptTokens + choices * outputCap),
    ),
    nanoUsd: Math.max(
      ...targets.map(({ promptTokens, outputCap, price }) =>
        dearestCost(promptTokens, choices * outputCap, price),
      ),
    ),
  };
}
