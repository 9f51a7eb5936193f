// Three projects: `unit` (everything in Node, with contract suites), `e2e` (the built page in a real browser, one file at a time) and
// `seeds` (what holds for a share of many seeds; nightly). Soak and bench programs are not tests: they have their own scripts.
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const shared = {
  plugins: [vue()],
  resolve: { alias: { '@contract': at('src-main/contract'), '@': at('src-renderer') } },
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/soak/**', 'test/bench/**', 'test/seeds/**'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'seeds',
          include: ['test/seeds/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 600_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
