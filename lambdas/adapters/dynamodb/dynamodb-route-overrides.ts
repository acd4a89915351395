import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Route } from '#core/routing/route.ts';
import type { LoadedOverrides, RouteOverrides } from '#core/routing/route-overrides.ts';
import { ROUTES_PARTITION, tables } from './contract.ts';
import { type Item, jsonSchema, readItem, textSchema } from './item-attributes.ts';

export interface DynamodbRouteOverridesParts {
  readonly client: DynamoDBClient;
  /** The control table. */
  readonly tableName: string;
  /** Reads a route as the platform file has them, defaults filled in. Throws when it is none. */
  readonly parseRoute: (value: unknown) => Route;
}

const { partitionKey, sortKey } = tables.control;

const overrideSchema = v.strictObject({
  [partitionKey]: textSchema,
  /** The route's name. */
  [sortKey]: textSchema,
  /** A route as in the platform file. */
  json: jsonSchema(v.unknown()),
});

/** Route overrides in the control table: partition `routes`, sort key the route's name. */
export class DynamodbRouteOverrides implements RouteOverrides {
  readonly #parts: DynamodbRouteOverridesParts;

  constructor(parts: DynamodbRouteOverridesParts) {
    this.#parts = parts;
  }

  /** One Query for every megabyte of overrides; eventually consistent. */
  async load(): Promise<LoadedOverrides> {
    const { client, tableName } = this.#parts;
    const routes: Route[] = [];
    const malformed: { readonly name: string; readonly cause: unknown }[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': partitionKey },
        ExpressionAttributeValues: { ':pk': { S: ROUTES_PARTITION } },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        try {
          routes.push(this.#read(item));
        } catch (cause) {
          malformed.push({ name: item[sortKey]?.S ?? '', cause });
        }
      }
    }
    return { routes, malformed };
  }

  #read(item: Item): Route {
    const name = item[sortKey]?.S ?? '';
    const override = readItem(overrideSchema, item, `route override '${name}'`);
    const route = this.#parts.parseRoute(override.json);
    if (route.name !== name) {
      throw new Error(`route override '${name}' holds the route '${route.name}'`);
    }
    return route;
  }
}
