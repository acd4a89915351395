import { serveDoor } from '#runtime/lambda-http.ts';
import { portalEnv } from './contract.ts';
import { shippedFiles, wirePortal } from './wiring.ts';

export const handler = serveDoor(
  wirePortal({
    files: shippedFiles(),
    allowedOrigins: portalEnv.parse(process.env).ALLOWED_ORIGINS,
  }),
);
