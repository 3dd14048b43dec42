// Compresses what a build has made, as well as it goes: the gateway serves `app.js.br` and `app.js.gz` in place of
// `app.js`. Only files whose name changes with their content: a page that somebody has changed by hand is never hidden
// behind its older compressed form.

import { brotliCompressSync, gzipSync } from 'node:zlib';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Plugin } from 'vite';

/** Whatever is smaller fits into one packet as it is. */
const LEAST_BYTES = 1024;
const FORMS = [
  { suffix: '.br', compressed: (bytes: Buffer) => brotliCompressSync(bytes) },
  { suffix: '.gz', compressed: (bytes: Buffer) => gzipSync(bytes, { level: 9 }) },
];

export function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    writeBundle({ dir = '' }) {
      const assets = join(dir, 'assets');
      for (const name of readdirSync(assets)) {
        const bytes = readFileSync(join(assets, name));
        if (bytes.length < LEAST_BYTES) continue;
        for (const { suffix, compressed } of FORMS) {
          const form = compressed(bytes);
          // A file that hardly shrinks (an image, a font) is sent as it is.
          if (form.length < bytes.length * 0.9) writeFileSync(join(assets, name + suffix), form);
        }
      }
    },
  };
}
