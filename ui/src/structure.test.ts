// What holds of the files as a whole: which folder may import from which, and that no files import each other in a circle.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { expect, test } from 'vitest';

const SRC = import.meta.dirname;

/** A folder, and what its files may import from besides it. */
const ROOMS: Record<string, readonly string[]> = {
  app: ['pages', 'stores', 'components', 'connection', 'messages', 'rest', 'model'],
  pages: ['stores', 'components', 'charts', 'connection', 'messages', 'rest', 'model'],
  components: ['stores', 'connection', 'messages', 'rest', 'model'],
  charts: ['messages', 'model'],
  stores: ['connection', 'rest', 'model'],
  rest: ['messages', 'model'],
  connection: ['model'],
  messages: ['model'],
  model: [],
};

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|fake_gateway|any_answer\.ts$/.test(file),
);

/** The files that one imports from, types included. */
function imports(file: string, text: string): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return found.flatMap((spec) => {
    const path = normalize(join(dirname(file), spec));
    const known = ['', '.ts', '.tsx'].map((ending) => path + ending).find((path) => FILES.includes(path));
    return known === undefined ? [] : [known];
  });
}

const graph = () => new Map(FILES.map((file) => [file, imports(file, readFileSync(join(SRC, file), 'utf8'))]));

/** Files that reach themselves. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const reached = (from: string): Set<string> => {
    const seen = new Set<string>();
    const next = [...(graph.get(from) ?? [])];
    for (let file = next.pop(); file !== undefined; file = next.pop()) {
      if (!seen.has(file)) {
        seen.add(file);
        next.push(...(graph.get(file) ?? []));
      }
    }
    return seen;
  };
  return [...graph.keys()].filter((file) => reached(file).has(file));
}

const room = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : undefined);

function againstAnArrow(graph: ReadonlyMap<string, readonly string[]>): string[] {
  return [...graph].flatMap(([file, imported]) => {
    const from = room(file);
    if (from === undefined) return []; // main.tsx starts all
    const may = [from, ...(ROOMS[from] ?? [])];
    return imported.filter((to) => !may.includes(room(to) ?? '')).map((to) => `${file} must not import ${to}`);
  });
}

test('no files import each other in a circle', () => {
  const found = graph();
  expect(found.size).toBeGreaterThan(100);
  expect(circles(found)).toEqual([]);
});

test('a circle is found, however long it is', () => {
  const found = new Map([
    ['a.ts', ['b.ts']],
    ['b.ts', ['c.ts']],
    ['c.ts', ['a.ts', 'd.ts']],
    ['d.ts', []],
  ]);
  expect(circles(found)).toEqual(['a.ts', 'b.ts', 'c.ts']);
});

test('every import follows an arrow', () => {
  expect(againstAnArrow(graph())).toEqual([]);
});

test('an import against an arrow is found', () => {
  const found = new Map([['model/a.ts', ['app/b.ts']]]);
  expect(againstAnArrow(found)).toEqual(['model/a.ts must not import app/b.ts']);
});
