import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE, gatewayMetrics as names } from '../../lambdas/gateway/contract.ts';

export interface ServiceDashboardProps {
  readonly name: string;
  readonly alarms: readonly Alarm[];
}

const PERIOD = Duration.minutes(1);

/** What on-call looks at first: are requests answered, how fast, at what cost, and what is refused. */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, { name, alarms }: ServiceDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: `${name}-service` });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24 }),
    );
    dashboard.addWidgets(
      graph('Requests and server errors', [
        perRoute(names.requests, 'Sum'),
        perRoute(names.serverErrors, 'Sum'),
      ]),
      graph('Time to first token, p50 and p99 (ms)', [
        perRoute(names.timeToFirstToken, 'p50'),
        perRoute(names.timeToFirstToken, 'p99'),
      ]),
    );
    dashboard.addWidgets(
      graph('Tokens', [
        perRoute(names.promptTokens, 'Sum'),
        perRoute(names.completionTokens, 'Sum'),
      ]),
      graph('Cost (nano-USD)', [perRoute(names.cost, 'Sum')]),
    );
    dashboard.addWidgets(
      graph('Refused and blocked', [
        perRoute(names.quotaDenials, 'Sum'),
        perRoute(names.guardrailBlocks, 'Sum'),
      ]),
      graph('Fallbacks and estimate error (%)', [
        perRoute(names.fallbacks, 'Sum'),
        perRoute(names.quotaEstimateError, 'Average'),
      ]),
    );
  }
}

const graph = (title: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, left, width: 12, height: 6 });

/** One line a route, whatever routes there are. */
const perRoute = (metric: string, statistic: string): IMetric =>
  new MathExpression({
    expression: `SEARCH('{${METRICS_NAMESPACE},route} MetricName="${metric}"', '${statistic}', 60)`,
    label: `${metric} ${statistic}`,
    period: PERIOD,
    usingMetrics: {},
  });
