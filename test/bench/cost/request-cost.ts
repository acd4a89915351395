import type { RequestFootprint } from './request-footprint.ts';
import { requestPrices as prices } from './request-prices.ts';

/** What a million of the same request cost, by cause. The model is not among them. */
export interface CostRow {
  readonly cause: string;
  /** Per request. */
  readonly quantity: string;
  readonly usdPerMillion: number;
}

export interface CostCase {
  readonly footprint: RequestFootprint;
  /** From the first byte of the request to the last of the answer: Lambda waits, and is paid for it. */
  readonly seconds: number;
  readonly memoryMb: number;
}

const MILLION = 1e6;
const GB = 1e9;

export function requestCost({ footprint, seconds, memoryMb }: CostCase): readonly CostRow[] {
  const gbSeconds = (memoryMb / 1_024) * seconds;
  const { writeUnits, logBytes, answerBytes } = footprint;
  const rows: readonly (readonly [cause: string, quantity: string, usd: number])[] = [
    ['API Gateway', '1 call', prices.apiGatewayPerRequest.usd],
    ['Lambda, invocation', '1', prices.lambdaPerRequest.usd],
    [
      `Lambda, waiting ${seconds} s`,
      `${gbSeconds} GB-s (${memoryMb} MB)`,
      gbSeconds * prices.lambdaPerGbSecond.usd,
    ],
    ['DynamoDB', `${writeUnits} write units`, writeUnits * prices.dynamodbPerWriteUnit.usd],
    ['CloudWatch Logs', `${logBytes} bytes`, (logBytes / GB) * prices.logsPerGb.usd],
    ['data transfer out', `${answerBytes} bytes`, (answerBytes / GB) * prices.transferOutPerGb.usd],
  ];
  return rows.map(([cause, quantity, usd]) => ({ cause, quantity, usdPerMillion: usd * MILLION }));
}
