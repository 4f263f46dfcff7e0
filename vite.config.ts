import react from '@vitejs/plugin-react';
import { build, defineConfig, type HtmlTagDescriptor, type InlineConfig, type Plugin } from 'vite';

/**
 * A screen asks for all of its code and styles at once, together with its first script, instead of learning of each
 * in turn: with every round trip saved its pictures come that much sooner.
 */
const preloadScreen: Plugin = {
  name: 'preload-screen',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle, chunk, filename }) {
      if (!bundle || !chunk || !filename.endsWith('screen.html')) return;
      const files = new Set<string>();
      const styles = new Set<string>();
      const add = (name: string) => {
        const one = bundle[name];
        if (files.has(name) || one?.type !== 'chunk') return;
        files.add(name);
        for (const style of one.viteMetadata?.importedCss ?? []) styles.add(style);
        for (const next of [...one.imports, ...one.dynamicImports]) add(next);
      };
      add(chunk.fileName);
      // The page has these already.
      for (const name of [chunk.fileName, ...chunk.imports]) files.delete(name);
      const link = (rel: string, name: string): HtmlTagDescriptor => ({
        tag: 'link',
        attrs: { rel, crossorigin: true, href: `/${name}` },
        injectTo: 'head',
      });
      return [
        ...[...files].map((name) => link('modulepreload', name)),
        ...[...styles].map((name) => link('stylesheet', name)),
      ];
    },
  },
};

const target = 'es2023';

/** The pages for owners and the public: a bundle of its own, with no code of the wall. */
const portal: InlineConfig = {
  configFile: false,
  root: 'apps/portal',
  base: '/portal/',
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target },
};

export default defineConfig({
  root: 'apps/wall',
  plugins: [react(), preloadScreen],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: ['apps/wall/index.html', 'apps/wall/screen.html'] },
  },
  builder: {
    async buildApp({ build: buildOne, environments, config: { logLevel } }) {
      if (environments['client']) await buildOne(environments['client']);
      await build({ ...portal, logLevel: logLevel ?? 'info' });
    },
  },
});
