import type { PlatformConfig } from '../config/platform-config.ts';
import type { Platform } from './platform.ts';

/** Findings we live with: what, where, and why. */
export function acknowledge(_platform: Platform, _config: PlatformConfig): void {}
