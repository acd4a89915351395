import { readFileSync } from 'node:fs';
import { newUlid, sha256, systemClock } from '#runtime/host.ts';
import type { Door } from '#runtime/http.ts';
import { type PortalFileName, portalFiles } from './contract.ts';
import { createPortal, type PortalParts } from './portal.ts';

/** The portal door on the host's own clock. */
export const wirePortal = (parts: Pick<PortalParts, 'files' | 'allowedOrigins'>): Door =>
  createPortal({ ...parts, clock: systemClock, newId: newUlid, hash: sha256 });

/**
 * The files as a deployed function finds them: beside its code.
 *
 * @throws Error when one was not shipped.
 */
export const shippedFiles = (): PortalParts['files'] =>
  readFiles((name) => new URL(name, import.meta.url));

/**
 * The files as a checkout has them: the page in its folder, the renderer among the packages.
 *
 * @throws Error when the packages are not installed.
 */
export const repositoryFiles = (): PortalParts['files'] =>
  readFiles((name) => new URL(`../../${portalFiles[name].path}`, import.meta.url));

function readFiles(locate: (name: PortalFileName) => URL): PortalParts['files'] {
  const names = Object.keys(portalFiles) as PortalFileName[];
  return new Map(names.map((name) => [name, readFileSync(locate(name), 'utf8')]));
}
