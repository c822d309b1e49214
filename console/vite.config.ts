/** Builds the console: two pages, `index.html` for administrators and `me.html` for citizens, into dist/console. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const folder = import.meta.dirname;

/** Where the design system writes styles, and where its icons do so with a copy of the same function. */
const STYLE_WRITER = /@rc-component[\\/]util[\\/]es[\\/]Dom[\\/]dynamicCSS\.js$/;
const ICON_STYLE_WRITER = /@ant-design[\\/]icons[\\/]es[\\/]cssUtils\.js$/;

/**
 * Lets the design system write its styles through the CSS object model instead of `<style>` elements, so that the page
 * keeps to `style-src 'self'`: see docs/decisions/0017-console.md.
 */
function stylesWithoutElements(): Plugin {
  const ours = JSON.stringify(fileURLToPath(new URL('./src/adopted-styles.ts', import.meta.url)));
  const replaced = new Set<RegExp>();
  return {
    name: 'mianzheng:styles-without-elements',
    enforce: 'pre',
    load(id) {
      if (!STYLE_WRITER.test(id)) return null;
      replaced.add(STYLE_WRITER);
      return `export * from ${ours};`;
    },
    transform(code, id) {
      if (!ICON_STYLE_WRITER.test(id)) return null;
      const without = code.replace('export function updateCSS(', 'function writeElement(');
      if (without !== code) replaced.add(ICON_STYLE_WRITER);
      return { code: `${without}\nexport { updateCSS } from ${ours};`, map: null };
    },
    generateBundle() {
      // Else a new version of the library would quietly break the page under its own policy.
      if (replaced.size < 2) this.error('the design system writes its styles elsewhere now: see STYLE_WRITER');
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
