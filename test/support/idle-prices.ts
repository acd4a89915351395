import type { Resource } from './synthesized.ts';

/**
 * What a resource costs in a month in which nobody calls, in USD at us-east-1 list prices. What every
 * account has for nothing is counted as that: 3 dashboards, and 10 metrics that alarms read.
 *
 * @see https://aws.amazon.com/pricing/
 */
const MONTHLY_USD: Readonly<Record<string, number>> = {
  'AWS::ApiGateway::Account': 0,
  'AWS::ApiGateway::Authorizer': 0,
  'AWS::ApiGateway::Deployment': 0,
  'AWS::ApiGateway::GatewayResponse': 0,
  'AWS::ApiGateway::Method': 0,
  'AWS::ApiGateway::Model': 0,
  'AWS::ApiGateway::RequestValidator': 0,
  'AWS::ApiGateway::Resource': 0,
  'AWS::ApiGateway::RestApi': 0,
  'AWS::ApiGateway::Stage': 0,
  // By the metrics they read: see alarmsUsd.
  'AWS::CloudWatch::Alarm': 0,
  // Three of them are free.
  'AWS::CloudWatch::Dashboard': 0,
  'AWS::CodeDeploy::Application': 0,
  'AWS::CodeDeploy::DeploymentGroup': 0,
  // Nobody signs in; a client of its own would cost USD 6.
  'AWS::Cognito::UserPool': 0,
  'AWS::Cognito::UserPoolResourceServer': 0,
  'AWS::Cognito::UserPoolClient': 6,
  'AWS::Cognito::UserPoolDomain': 0,
  // On demand; storage of a few kilobytes, backed up.
  'AWS::DynamoDB::Table': 0.01,
  'AWS::IAM::ManagedPolicy': 0,
  'AWS::IAM::Policy': 0,
  'AWS::IAM::Role': 0,
  'AWS::KMS::Key': 1,
  'AWS::Lambda::Alias': 0,
  // The reconciler: 8,640 short runs of 256 MB.
  'AWS::Lambda::Function': 0.01,
  'AWS::Lambda::Permission': 0,
  'AWS::Lambda::Version': 0,
  'AWS::Logs::LogGroup': 0.01,
  'AWS::SNS::Subscription': 0,
  'AWS::SNS::Topic': 0,
  'AWS::SNS::TopicPolicy': 0,
  'AWS::SQS::Queue': 0,
  'AWS::SQS::QueuePolicy': 0,
  'AWS::Scheduler::Schedule': 0.01,
  // USD 5, and 1 for each of its rules.
  'AWS::WAFv2::WebACL': 9,
  'AWS::WAFv2::WebACLAssociation': 0,
};

export const pricedTypes: ReadonlySet<string> = new Set(Object.keys(MONTHLY_USD));

/** @throws Error naming a type that has no price: unpriced is not free. */
export const idlePriceUsd = (resources: readonly Resource[]): number =>
  resources.reduce((sum, { Type }) => {
    const price = MONTHLY_USD[Type];
    if (price === undefined) throw new Error(`${Type} has no price; look it up and add it`);
    return sum + price;
  }, alarmsUsd(resources));

/** An alarm is billed by the metrics it reads, USD 0.10 each after the tenth. */
function alarmsUsd(resources: readonly Resource[]): number {
  const alarms = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const metrics = alarms.reduce((sum, { Properties }) => {
    const read = Properties?.['Metrics'] as readonly { MetricStat?: object }[] | undefined;
    return sum + (read?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1);
  }, 0);
  return Math.max(0, metrics - 10) * 0.1;
}
