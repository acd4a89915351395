/** Key schema of a table: one partition key and one sort key, both strings. */
interface TableSchema {
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Epoch seconds after which DynamoDB may delete the item. */
  readonly timeToLive: string;
  readonly stream: boolean;
}

/** The three tables, said once for CDK and for the local runner. */
export const tables = {
  quota: { partitionKey: 'pk', sortKey: 'sk', timeToLive: 'ttl', stream: false },
  audit: { partitionKey: 'pk', sortKey: 'sk', timeToLive: 'ttl', stream: true },
  control: { partitionKey: 'pk', sortKey: 'sk', timeToLive: 'ttl', stream: false },
} as const satisfies Record<string, TableSchema>;

/** Partition of the control table that holds the route overrides. */
export const ROUTES_PARTITION = 'routes';

/** Partition of the control table that holds the last known keys of an issuer. */
export const jwksPartition = (issuer: string): string => `jwks#${issuer}`;

export type TableName = keyof typeof tables;
