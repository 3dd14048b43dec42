import react from '@vitejs/plugin-react';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

import { compress } from './compress.ts';
import { PATIENCE_MS } from './tests/support/patience.ts';

// `npm run dev` serves the pages itself and asks a running gateway for everything else.
const gateway = process.env.GATEWAY_URL ?? 'http://localhost:8005';

/** Tests that a browser makes, one file after the other: they share the servers of one lab, and what they have imported. */
function inBrowser(name: string, include: string): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: [include],
      fileParallelism: false,
      isolate: false,
      expect: { poll: { timeout: PATIENCE_MS } },
      testTimeout: 2 * PATIENCE_MS,
      hookTimeout: 2 * PATIENCE_MS,
    },
  };
}

export default defineConfig({
  // Whatever path a proxy serves the pages below, they find what is theirs.
  base: './',
  plugins: [react(), compress()],
  build: {
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What belongs to which page, for the test that weighs them.
    manifest: true,
    // The licences of all that is in the bundles, as their authors ask; the gateway serves it.
    license: { fileName: 'assets/licenses.txt' },
  },
  server: {
    proxy: {
      '/api': gateway,
      '/-': gateway,
      '/health': gateway,
      '/metrics': gateway,
      '/federate': gateway,
      '/ws': { target: gateway, ws: true },
    },
  },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      inBrowser('browser', 'tests/**/*.test.ts'),
      inBrowser('soak', 'tests/**/*.soak.ts'),
    ],
  },
});
