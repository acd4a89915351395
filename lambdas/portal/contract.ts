import { defineEnv, optional, text } from '#runtime/env.ts';

export const portalEnv = defineEnv({
  /** Origins browsers may call from, comma-separated; empty for none. */
  ALLOWED_ORIGINS: optional(text),
});

/** What the door serves, by name in the function's root; `path` is from the repository's root. */
export const portalFiles = {
  'index.html': { path: 'lambdas/portal/page/index.html' },
  'page.css': { path: 'lambdas/portal/page/page.css' },
  'page.js': { path: 'lambdas/portal/page/page.js' },
  'try-chat.js': { path: 'lambdas/portal/page/try-chat.js' },
  'read-events.js': { path: 'lambdas/portal/page/read-events.js' },
  'openapi-explorer.js': {
    path: 'node_modules/openapi-explorer/dist/browser/openapi-explorer.min.js',
  },
  'openapi.json': { path: 'docs/openapi.json' },
} as const;

export type PortalFileName = keyof typeof portalFiles;
