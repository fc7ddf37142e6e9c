import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The window's page as plain files under dist/renderer, which every shell serves as they are but for the nonce in index.html. */
export default defineConfig({
  root: fileURLToPath(new URL('../renderer', import.meta.url)),
  // a custom scheme and a web server alike serve it from their root; relative addresses suit both
  base: './',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // no inline helper scripts and no data: fonts: the page's content security policy allows neither
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
});
