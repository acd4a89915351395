/**
 * What the keys mean that the functions read too: their schemas ship in every bundle, so the words
 * are here. By path, as `docs/configuration.md` shows it.
 */
export const configKeyNotes: Readonly<Record<string, string>> = {
  throttle: 'what API Gateway lets through before any quota is asked',
  identity: 'whose tokens are accepted, besides keys',
  alarms: 'what becomes of alarms',
  domain: 'a name of your own for the API',
  'providers.*.kind': '`bedrock`, or any server with an OpenAI-compatible API',
  'providers.*.region': 'where to call Bedrock; absent: in the region of the stack',
  'providers.*.baseUrl': 'up to and including the version, such as https://api.openai.com/v1',
  'providers.*.apiKeySecretArn':
    'Secrets Manager secret that holds the key as its whole text; absent: no key is sent',
  'routes[].name': 'the `model` that clients ask for',
  'routes[].description': 'for the people who choose a model',
  'routes[].targets': 'in this order, a request falls back from one to the next',
  'routes[].targets[].provider': 'one of `providers`',
  'routes[].targets[].model':
    'the provider’s own name of it; the gateway may call the models named here and no others',
  'routes[].targets[].weight': 'share of first attempts; 0: a fallback only',
  'routes[].targets[].maxOutputTokens': 'the most tokens it writes in one choice',
  'routes[].defaultMaxTokens': 'output cap of a request that names none',
  'routes[].firstByteTimeoutMs': 'how long one target may take to begin its answer',
  'routes[].idleTimeoutMs': 'how long a begun stream may fall silent',
  'routes[].answerTimeoutMs':
    'how long one target may take for a whole answer that is not streamed',
  'routes[].deadlineMs': 'how long the whole inference may take, fallbacks included',
  'routes[].commitAfterMs': 'how long a stream waits for content before it commits to status 200',
  'routes[].maxAttempts': 'the most attempts of one inference',
  'routes[].dropParams':
    'drop a parameter that a target cannot honour, instead of refusing the request',
  'routes[].guardrailPolicy': 'one of `guardrailPolicies`',
  'guardrailPolicies[].id': 'its name',
  'guardrailPolicies[].rules': 'none: nothing is looked for',
  'guardrailPolicies[].rules[].detector':
    '`private-key`, `aws-key`, `payment-card`, `iban` or `email`',
  'guardrailPolicies[].rules[].action':
    'refuse the text, replace what was found, or only note it in the audit record',
  'guardrailPolicies[].rules[].direction': 'prompts, answers, or both',
  'prices.asOf': 'the day they were looked up',
  'prices.sources': 'where',
  'prices.prices': 'by target, `provider/model`; a target without a price is refused',
  'prices.prices.*.inputNanoUsd': 'per prompt token',
  'prices.prices.*.outputNanoUsd': 'per completion token',
  'prices.prices.*.cachedInputNanoUsd': 'per prompt token read from a cache; absent: as any other',
  'prices.prices.*.cacheWriteNanoUsd': 'per prompt token written to a cache; absent: as any other',
};
