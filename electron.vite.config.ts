// Bundles for the window: main and worker (Node side), preload, page. The terminal and the server run the TypeScript
// sources as they are; out/ mirrors src-main at the same depth, so a path relative to a file means the same in both.
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** `new URL('./entry.ts', import.meta.url)` names a source file; in the bundle the same file ends in `.js`. */
const sourceUrls: Plugin = {
  name: 'unroll-source-urls',
  transform(code) {
    return code.replace(/(new URL\(\s*['"][^'"]+)\.ts(['"],\s*import\.meta\.url)/g, '$1.js$2')
  },
}

const main = {
  plugins: [sourceUrls],
  build: {
    outDir: 'out',
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: {
        'shells/electron/main': at('src-main/shells/electron/main.ts'),
        'jobs/entry': at('src-main/jobs/entry.ts'),
        'services/storeThread': at('src-main/services/storeThread.ts'),
        'services/readThread': at('src-main/services/readThread.ts'),
      },
      output: {
        format: 'es' as const,
        preserveModules: true,
        preserveModulesRoot: at('src-main'),
        entryFileNames: '[name].js',
      },
    },
  },
}

// A sandboxed preload script is one CommonJS file that can require nothing but electron.
const preload = {
  build: {
    outDir: 'out/preload',
    externalizeDeps: false,
    minify: false,
    rolldownOptions: {
      input: { preload: at('src-main/shells/electron/preload.ts') },
      output: { format: 'cjs' as const, entryFileNames: '[name].cjs' },
    },
  },
}

// The strict content policy forbids inline scripts and data: URLs, so nothing is inlined; './' serves any address.
const renderer = {
  root: at('src-renderer'),
  base: './',
  plugins: [vue()],
  resolve: { alias: { '@contract': at('src-main/contract'), '@': at('src-renderer') } },
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
  build: {
    outDir: at('out/renderer'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: at('src-renderer/index.html') },
  },
}

export default defineConfig({ main, preload, renderer })
