// What a first visit loads, by the manifest of the build: less than 170 kB of JavaScript whichever page it begins with, and
// the drawing of charts only where there are charts.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

const LIMIT_BYTES = 170_000;
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const PAGES = ['live', 'incidents', 'alerts', 'rehearse', 'system'];
/** What uPlot calls its canvas. */
const CHARTS = 'u-over';

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
}

const manifest = JSON.parse(readFileSync(`${DIST}.vite/manifest.json`, 'utf8')) as Record<string, Chunk>;

function chunk(key: string): Chunk {
  const found = manifest[key];
  if (!found) throw new Error(`the manifest has no ${key}`);
  return found;
}

/** The files of these chunks and of all that they import. */
function files(keys: readonly string[], seen = new Set<string>()): string[] {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    files(chunk(key).imports ?? [], seen);
  }
  return [...seen].map((key) => chunk(key).file);
}

const source = (name: string) => `src/pages/${name}/${name.charAt(0).toUpperCase()}${name.slice(1)}Page.tsx`;
const code = (file: string) => readFileSync(DIST + file, 'utf8');

const VISITS = [...PAGES.map((page) => [page, [source(page)]] as const), ['live in French', [source('live'), 'src/messages/fr.ts']] as const];

test.each(VISITS)('a first visit to %s loads no more than 170 kB of JavaScript', (_, keys) => {
  const loaded = files(['index.html', ...keys]).map((file) => gzipSync(code(file)).byteLength);
  expect(loaded.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(LIMIT_BYTES);
});

test('each page is a file of its own, and the drawing of charts is on Live alone', () => {
  expect(chunk('index.html').dynamicImports).toEqual(expect.arrayContaining(PAGES.map(source)));
  const drawing = PAGES.filter((page) => files(['index.html', source(page)]).some((file) => code(file).includes(CHARTS)));
  expect(drawing).toEqual(['live']);
});
