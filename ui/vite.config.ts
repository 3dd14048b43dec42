import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { compress } from './compress.ts';

// `npm run dev` serves the pages itself and asks a running gateway for everything else.
const gateway = process.env.GATEWAY_URL ?? 'http://localhost:8005';

export default defineConfig({
  plugins: [react(), compress()],
  build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
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
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
