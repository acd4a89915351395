/** What stands between client and model; `direct` is nothing. In the order of the report. */
export const TARGETS = {
  direct: 'no gateway',
  bareProxy: 'bare Node proxy',
  honoProxy: 'Hono proxy',
  portkey: 'Portkey',
  portkeyGuarded: 'Portkey, six regex guards',
  litellm: 'LiteLLM proxy',
  gateway: 'gateway, tables left out',
  gatewayOnAws: 'gateway, AWS SDK to a DynamoDB stub',
} as const;

export type TargetName = keyof typeof TARGETS;

export const targetNames = Object.keys(TARGETS) as readonly TargetName[];

/** What a short run measures: enough for every goal. */
export const QUICK: readonly TargetName[] = [
  'direct',
  'bareProxy',
  'portkey',
  'portkeyGuarded',
  'gateway',
  'gatewayOnAws',
];

/** Emails, cards, IBANs, AWS keys, private keys and social security numbers: about what ours looks for. */
const RULES: readonly string[] = [
  '[\\w.+-]{1,64}@[\\w-]{1,64}(?:\\.[\\w-]{1,64}){1,8}',
  '\\b(?:\\d[ -]?){13,19}\\b',
  '\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\\b',
  '\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b',
  '-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----',
  '\\b\\d{3}-\\d{2}-\\d{4}\\b',
];

/** Each looks at the prompt; a finding is noted and stops nothing. */
const guardrails = RULES.map((rule) => ({
  'default.regexMatch': { rule, not: true },
  deny: false,
}));

/** The header by which Portkey's gateway learns where to go. */
export const portkeyHeaders = (
  upstreamPort: number,
  guarded: boolean,
): Readonly<Record<string, string>> => ({
  'x-portkey-config': JSON.stringify({
    provider: 'openai',
    api_key: 'sk-bench',
    custom_host: `http://127.0.0.1:${upstreamPort}/v1`,
    ...(guarded ? { input_guardrails: guardrails } : {}),
  }),
});
