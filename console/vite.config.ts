/** Builds the console: two pages, `index.html` for administrators and `me.html` for citizens, into dist/console. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const folder = import.meta.dirname;

/** The one module through which every component of the design system writes styles. */
const STYLE_WRITER = /@rc-component[\\/]util[\\/]es[\\/]Dom[\\/]dynamicCSS\.js$/;

/**
 * Lets the design system write its styles through the CSS object model instead of `<style>` elements, so that the page
 * keeps to `style-src 'self'`: see docs/decisions/0017-console.md.
 */
function stylesWithoutElements(): Plugin {
  const ours = fileURLToPath(new URL('./src/adopted-styles.ts', import.meta.url));
  let replaced = 0;
  return {
    name: 'mianzheng:styles-without-elements',
    enforce: 'pre',
    load(id) {
      if (!STYLE_WRITER.test(id)) return null;
      replaced += 1;
      return `export * from ${JSON.stringify(ours)};`;
    },
    generateBundle() {
      // Else a new version of the library would quietly break the page under its own policy.
      if (replaced === 0) this.error('the design system writes its styles elsewhere now: see STYLE_WRITER');
    },
  };
}

export default defineConfig({
  root: folder,
  base: '/console/',
  plugins: [stylesWithoutElements(), react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // The polyfill would be for browsers without modulepreload.
    modulePreload: { polyfill: false },
    // Inlined files are data: addresses, which the policy does not allow for everything.
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: [`${folder}/index.html`, `${folder}/me.html`] },
  },
  server: {
    host: '127.0.0.1',
    port: 4131,
    proxy: { '/admin': 'http://127.0.0.1:4130', '/graphql': 'http://127.0.0.1:4130', '/oidc': 'http://127.0.0.1:4130' },
  },
});
