// The bans of eslint.config.js, each shown to fire on the code it is there for, and not beside it.
import { ESLint } from 'eslint'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  overrideConfigFile: 'eslint.config.js',
})

async function rulesBrokenBy(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath })
  return result!.messages.map((message) => message.ruleId)
}

const vue = (template: string) =>
  `<script setup lang="ts">\nconst text = 'x'\n</script>\n\n<template>\n  ${template}\n</template>\n`

describe('lint bans', () => {
  it.each([
    ['src-renderer/views/RunView.vue', vue('<p v-html="text" />'), 'vue/no-v-html'],
    ['src-renderer/views/RunView.vue', vue('<p :innerHTML="text" />'), 'vue/no-restricted-v-bind'],
    ['src-renderer/views/RunView.vue', vue('<p :inner-html.prop="text" />'), 'vue/no-restricted-v-bind'],
    ['src-renderer/views/RunView.vue', vue('<iframe srcdoc="<p>" />'), 'vue/no-restricted-static-attribute'],
    [
      'src-renderer/charts/axis.ts',
      'export const f = (el: Element) => (el.innerHTML = "x")',
      'no-restricted-syntax',
    ],
    [
      'src-renderer/charts/axis.ts',
      'export const f = (el: Element) => (el["outerHTML"] = "x")',
      'no-restricted-syntax',
    ],
    ['src-renderer/charts/axis.ts', 'export const p = { innerHTML: "x" }', 'no-restricted-syntax'],
    [
      'src-renderer/charts/axis.ts',
      'document.body.insertAdjacentHTML("beforeend", "x")',
      'no-restricted-syntax',
    ],
    ['src-renderer/charts/axis.ts', 'document.write("x")', 'no-restricted-syntax'],
    ['src-main/engine/cells/lstm.ts', 'export const f = () => eval("1")', 'no-eval'],
    ['src-main/engine/cells/lstm.ts', 'export const f = new Function("return 1")', 'no-new-func'],
    ['src-main/engine/cells/lstm.ts', 'export default 1', 'no-restricted-syntax'],
    ...['Math.max(0, ...xs)', 'ys.push(...xs)', 'String.fromCharCode(...xs)', 'Math.max.apply(null, xs)'].map(
      (call): [string, string, string] => [
        'src-renderer/charts/axis.ts',
        `export const f = (xs: number[], ys: number[]) => [${call}, ys]`,
        'no-restricted-syntax',
      ],
    ),
    ...[
      '(config: any) => config.model.hidden',
      '(model: any) => model.layers',
      '({ model: { layers } }: any) => layers',
      '({ hidden }: ModelConfig) => hidden',
      '(config: any) => { const { layers } = config.model; return layers }',
    ].map((code): [string, string, string] => [
      'src-main/engine/plan.ts',
      `export const f = ${code}`,
      'no-restricted-syntax',
    ]),
    ['src-main/engine/cells/lstm.ts', 'export const f = (x: any) => x', '@typescript-eslint/no-explicit-any'],
    [
      'src-main/services/runs.ts',
      "import { writeFileSync } from 'node:fs'\nwriteFileSync('a', 'b')",
      'no-restricted-syntax',
    ],
    [
      'src-main/services/runs.ts',
      "import { rename } from 'node:fs/promises'\nawait rename('a', 'b')",
      'no-restricted-syntax',
    ],
    [
      'src-main/services/runs.ts',
      "import * as fs from 'fs'\nfs.writeFileSync('a', 'b')",
      'no-restricted-syntax',
    ],
    [
      'src-main/services/runs.ts',
      "import fs from 'node:fs'\nfs.renameSync('a', 'b')",
      'no-restricted-syntax',
    ],
    [
      'src-main/services/runs.ts',
      "const fs = await import('node:fs')\nfs.rmSync('a')",
      'no-restricted-syntax',
    ],
  ])('%s: %j breaks %s', async (path, code, rule) => {
    expect(await rulesBrokenBy(path, code)).toContain(rule)
  })

  it.each([
    ['src-main/services/runs.ts', 400],
    ['src-renderer/charts/axis.ts', 400],
    ['test/services/runs.test.ts', 600],
  ])('%s stops at %i lines', async (path, most) => {
    expect(await rulesBrokenBy(path, '// line\n'.repeat(most - 1))).toEqual([])
    expect(await rulesBrokenBy(path, '// line\n'.repeat(most + 1))).toEqual(['max-lines'])
  })

  it.each([
    ['src-main/store/files.ts', "import { renameSync } from 'node:fs'\nrenameSync('a', 'b')\n"],
    ['src-main/services/runs.ts', "import { readFileSync } from 'node:fs'\nreadFileSync('a')\n"],
    [
      'src-main/services/runs.ts',
      'export const rename = (runs: { rename(to: string): void }) => runs.rename("b")\n',
    ],
    ['src-renderer/charts/axis.ts', 'export const f = (el: Element) => (el.textContent = "x")\n'],
    ['src-renderer/charts/axis.ts', 'export const f = (xs: number[]) => [...xs, Math.max(1, 2)]\n'],
    ['src-renderer/views/RunView.vue', vue('<p>{{ text }}</p>')],
  ])('leaves %s alone: %j', async (path, code) => {
    expect(await rulesBrokenBy(path, code)).toEqual([])
  })
})
