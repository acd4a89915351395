import * as v from 'valibot';
import {
  guardrailPolicySchema,
  priceFileSchema,
  providerSchema,
  routeSchema,
} from '../../lambdas/platform/contract.ts';

const count = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const identitySchema = v.strictObject({
  issuer: v.exactOptional(
    v.pipe(
      v.string(),
      v.url(),
      v.description('OIDC issuer whose tokens are accepted; absent: a Cognito user pool is made'),
    ),
  ),
  audiences: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description(
        'accepted `aud` or `client_id` values, besides those of `clients`; required with an issuer',
      ),
    ),
    [],
  ),
  tenantClaim: v.exactOptional(
    v.pipe(
      v.string(),
      v.description('claim that names the tenant; absent: by client in the control table'),
    ),
  ),
  scopePrefix: v.optional(
    v.pipe(v.string(), v.description('what stands before our scope names in a token')),
    'ballast/',
  ),
  clients: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description(
        'names of client-credentials clients to make in the user pool; each has a monthly price',
      ),
    ),
    [],
  ),
});

const throttleSchema = v.strictObject({
  requestsPerSecond: v.optional(
    v.pipe(count(1, 10_000), v.description('of the whole stage, all tenants together')),
    500,
  ),
  burst: v.optional(v.pipe(count(1, 5_000), v.description('requests at once')), 1_000),
});

const alarmsSchema = v.strictObject({
  email: v.exactOptional(
    v.pipe(v.string(), v.email(), v.description('who is told of alarms; absent: nobody is')),
  ),
});

const domainSchema = v.strictObject({
  name: v.pipe(v.string(), v.description('such as llm.example.com')),
  certificateArn: v.pipe(v.string(), v.description('ACM certificate in the same region')),
});

/** Everything a team decides before it deploys; every default is here. */
export const platformConfigSchema = v.strictObject({
  $schema: v.exactOptional(v.string()),
  name: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^[A-Z][A-Za-z0-9]{0,30}$/,
        'expected a capital letter, then at most 30 letters or digits',
      ),
      v.description('begins the names of the stacks'),
    ),
    'Ballast',
  ),
  retainData: v.optional(
    v.pipe(
      v.boolean(),
      v.description('keep tables and logs when a stack goes, and protect them from deletion'),
    ),
    false,
  ),
  customerKeys: v.optional(
    v.pipe(v.boolean(), v.description('encrypt with a KMS key of your own (USD 1 a month)')),
    false,
  ),
  firewall: v.optional(
    v.pipe(v.boolean(), v.description('put AWS WAF in front of the API (from USD 8 a month)')),
    false,
  ),
  canary: v.optional(
    v.pipe(
      v.boolean(),
      v.description('shift a new gateway version in by 10 % for 5 minutes, turn back on an alarm'),
    ),
    false,
  ),
  logDays: v.optional(
    v.pipe(
      v.picklist([1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 400]),
      v.description('how long logs are kept'),
    ),
    14,
  ),
  gatewayMemoryMb: v.optional(
    v.pipe(
      count(128, 10_240),
      v.description(
        'memory of the gateway function; a function that waits for a stream pays for it',
      ),
    ),
    512,
  ),
  allowedOrigins: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.regex(
            /^(?:\*|https?:\/\/[^/\s,]+)$/,
            'expected an origin such as https://app.example.com, without a path, or *',
          ),
        ),
      ),
      v.description('web origins that may call the API from a browser'),
    ),
    [],
  ),
  apiLogRole: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'make the role with which API Gateway writes access logs; it is one for a whole account and region, so say false where there is one',
      ),
    ),
    true,
  ),
  throttle: v.optional(throttleSchema, {}),
  identity: v.optional(identitySchema, {}),
  alarms: v.optional(alarmsSchema, {}),
  tls: v.optional(
    v.pipe(
      v.picklist(['1.2', '1.2-pfs', '1.3', 'legacy']),
      v.description(
        'the oldest TLS that the API speaks, by its own address and by `domain`; `1.2-pfs` asks for forward secrecy too; `legacy`, where a region has no such policies (GovCloud), asks nothing of the API’s own address',
      ),
    ),
    '1.2',
  ),
  domain: v.exactOptional(domainSchema),
  providers: v.optional(
    v.pipe(v.record(v.string(), providerSchema), v.description('who serves models')),
    { bedrock: { kind: 'bedrock' } },
  ),
  routes: v.pipe(
    v.array(routeSchema),
    v.minLength(1, 'expected at least one route'),
    v.description('public model names and what stands behind them'),
  ),
  guardrailPolicies: v.optional(
    v.pipe(
      v.array(guardrailPolicySchema),
      v.description('default: config/guardrail-policies.json'),
    ),
  ),
  prices: v.optional(v.pipe(priceFileSchema, v.description('default: config/prices.json'))),
});

type Parsed = v.InferOutput<typeof platformConfigSchema>;

export interface PlatformConfig extends Omit<Parsed, 'guardrailPolicies' | 'prices' | '$schema'> {
  readonly guardrailPolicies: NonNullable<Parsed['guardrailPolicies']>;
  readonly prices: NonNullable<Parsed['prices']>;
}
