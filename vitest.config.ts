import { configDefaults, defineConfig } from 'vitest/config';

/** The SDK's notice about this Node release would come with every test file. */
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/** Those that wait for timeouts, crowds and whole processes. */
const SLOW_FAULTS = 'test/integration/faults/**/*.slow.test.ts';

export default defineConfig({
  test: {
    projects: [
      { test: { env, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          env,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'synth',
          include: ['test/synth/**/*.test.ts'],
          // The first synth of a process costs seconds: pay it once.
          isolate: false,
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          env,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [...configDefaults.exclude, SLOW_FAULTS],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          env,
          name: 'faults',
          include: [SLOW_FAULTS],
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          env,
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          env,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
