import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { gatewayMetrics, METRICS_NAMESPACE } from '../../lambdas/gateway/contract.ts';
import type { PlatformFunction } from '../function/platform-function.ts';
import type { GatewayApi } from '../gateway/gateway-api.ts';

export interface AlarmsProps {
  /** Begins the names of the alarms. */
  readonly name: string;
  readonly api: GatewayApi;
  readonly gateway: PlatformFunction;
  readonly reconciler: PlatformFunction;
  /** Who is told. @default - nobody */
  readonly topic?: ITopic;
}

/** `page`: somebody gets up. `ticket`: somebody looks in the morning. */
type Severity = 'page' | 'ticket';

interface AlarmDefinition {
  /** Also the name of its runbook: `docs/runbooks/<name>.md`. */
  readonly name: string;
  readonly severity: Severity;
  readonly meaning: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** M of N periods. */
  readonly datapoints: readonly [number, number];
}

const PERIOD = Duration.minutes(1);
/** Fewer requests than this in a minute say nothing about a rate. */
const ENOUGH_REQUESTS = 20;

/** The first alarms: each says what is wrong for users, and where its runbook is. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];
  /** Those that turn a deployment of the gateway back. */
  readonly rollback: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const definitions = definitionsOf(props);
    this.all = definitions.map((definition) => this.#alarm(definition, props));
    this.rollback = this.all.filter((_, index) => definitions[index]?.severity === 'page');
  }

  #alarm(definition: AlarmDefinition, { name, topic }: AlarmsProps): Alarm {
    const [datapointsToAlarm, evaluationPeriods] = definition.datapoints;
    const alarm = new Alarm(this, definition.name, {
      alarmName: `${name}-${definition.name}`,
      alarmDescription: `[${definition.severity}] ${definition.meaning} Runbook: docs/runbooks/${definition.name}.md`,
      metric: definition.metric,
      threshold: definition.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm,
      evaluationPeriods,
      // No requests, no metrics: silence at night is health.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic !== undefined) {
      const action = new SnsAction(topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    return alarm;
  }
}

const emitted = (
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
): Metric =>
  new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap,
    statistic,
    period: PERIOD,
  });

/** The platform's own word of a failure, emitted for all routes together. */
const platformWide = (metricName: string): Metric => emitted(metricName, {}, Stats.SUM);

function definitionsOf({ api, gateway, reconciler }: AlarmsProps): readonly AlarmDefinition[] {
  return [
    serverErrorRate(api),
    ...gatewayDefinitions(),
    {
      name: 'gateway-errors',
      severity: 'page',
      meaning: 'The gateway function crashes, does not start, or runs out of time.',
      metric: gateway.alias.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
      threshold: 1,
      datapoints: [2, 3],
    },
    {
      name: 'gateway-throttles',
      severity: 'page',
      meaning: 'Lambda refuses to run the gateway: the concurrency of the account is used up.',
      metric: gateway.alias.metricThrottles({ period: PERIOD, statistic: Stats.SUM }),
      threshold: 1,
      datapoints: [2, 3],
    },
    {
      name: 'reconciler-errors',
      severity: 'ticket',
      meaning: 'Reservations of dead requests are not settled; quota stays taken.',
      metric: reconciler.alias.metricErrors({ period: Duration.minutes(5), statistic: Stats.SUM }),
      threshold: 1,
      datapoints: [2, 3],
    },
  ];
}

/** Counted by API Gateway, as clients see it: an authorizer that fails never reaches the gateway. */
function serverErrorRate(api: GatewayApi): AlarmDefinition {
  const sums = { period: PERIOD, statistic: Stats.SUM };
  return {
    name: 'gateway-5xx-rate',
    severity: 'page',
    meaning: 'One request in twenty or more ends with a server error.',
    metric: new MathExpression({
      expression: `IF(requests >= ${ENOUGH_REQUESTS}, 100 * errors / requests, 0)`,
      label: 'server errors, % of requests',
      period: PERIOD,
      usingMetrics: {
        errors: api.metricServerErrors(sums),
        requests: api.metricRequests(sums),
      },
    }),
    threshold: 5,
    datapoints: [3, 5],
  };
}

/** What the gateway says of itself. */
function gatewayDefinitions(): readonly AlarmDefinition[] {
  return [
    {
      name: 'gateway-latency-p99',
      severity: 'ticket',
      meaning: 'One request in a hundred waits 10 seconds or more for its first token.',
      metric: platformWide(gatewayMetrics.timeToFirstToken).with({
        statistic: Stats.percentile(99),
      }),
      threshold: 10_000,
      datapoints: [5, 10],
    },
    {
      name: 'quota-fail-closed',
      severity: 'page',
      meaning: 'The quota table does not answer, so requests are refused.',
      metric: platformWide(gatewayMetrics.quotaFailClosed),
      threshold: 1,
      datapoints: [2, 3],
    },
    {
      name: 'audit-failures',
      severity: 'page',
      meaning: 'Audit records cannot be written: requests are refused, or completions are spilled.',
      metric: platformWide(gatewayMetrics.auditFailures),
      threshold: 1,
      datapoints: [2, 3],
    },
    {
      name: 'guardrail-errors',
      severity: 'page',
      meaning: 'A detector fails, so texts are withheld.',
      metric: platformWide(gatewayMetrics.guardrailErrors),
      threshold: 1,
      datapoints: [1, 3],
    },
    {
      name: 'circuit-opened',
      severity: 'ticket',
      meaning: 'A model fails so often that the gateway stopped calling it; fallbacks serve.',
      metric: platformWide(gatewayMetrics.circuitOpened),
      threshold: 1,
      datapoints: [1, 1],
    },
  ];
}
