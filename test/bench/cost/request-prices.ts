/**
 * What a request is billed by, in USD at us-east-1 list prices; free tiers and volume discounts left
 * out. What stands there when nobody calls is in `test/support/idle-prices.ts`.
 */
export const requestPrices = {
  asOf: '2026-11-23',
  apiGatewayPerRequest: {
    usd: 3.5e-6,
    what: 'REST API call; a streamed answer counts once for each 10 MB',
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  lambdaPerRequest: {
    usd: 0.2e-6,
    what: 'Lambda invocation',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  lambdaPerGbSecond: {
    usd: 0.000_013_333_4,
    what: 'Lambda, arm64, GB-second',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  dynamodbPerWriteUnit: {
    usd: 0.625e-6,
    what: 'DynamoDB on demand, write request unit',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  logsPerGb: {
    usd: 0.5,
    what: 'CloudWatch Logs, GB taken in',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  transferOutPerGb: {
    usd: 0.09,
    what: 'data transfer out to the internet, GB',
    source: 'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer',
  },
} as const;
