import { writeFileSync } from 'node:fs';
import { openApiDocument } from './openapi/document.ts';

/** Writes docs/openapi.json; a test holds the committed file to it. */
const target = new URL('../docs/openapi.json', import.meta.url);

writeFileSync(target, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
