import { defineConfig } from 'vite';

/**
 * The server in few files: half of a start from its sources goes into finding and reading some thousand of them. What
 * holds native code, and what looks for its own files, stays where it is.
 */
export default defineConfig({
  ssr: { noExternal: true, external: ['better-sqlite3', '@node-rs/argon2', 'onvif'] },
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { main: 'apps/server/src/main.ts', 'media/main': 'apps/server/src/media/main.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: 'parts/[name]-[hash].js' },
    },
  },
});
