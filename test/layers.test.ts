// Every import of every source file is held against the table of layers (layers/table.ts), types included.
import { describe, expect, it } from 'vitest'
import { tasks } from '../src-main/engine/tasks/index.ts'
import { fault, importsOf, read, sources, sourcesIn } from './layers/imports.ts'
import { table } from './layers/table.ts'

describe('layers', () => {
  it('every import goes the way the table allows', () => {
    const faults = sources.flatMap((path) => importsOf(path, read(path)).map((name) => fault(path, name)))
    expect(faults.filter(Boolean)).toEqual([])
    expect(sources.length).toBeGreaterThan(20)
  })

  it('every layer but the shells stays within what it imports: no row names itself or a later one', () => {
    const order = ['contract', 'engine', 'store', 'jobs', 'services', 'app.ts', 'shells'].map(
      (x) => `src-main/${x}`,
    )
    for (const [index, name] of order.entries()) {
      expect(table[name]!.layers.filter((layer) => order.indexOf(layer) >= index)).toEqual([])
    }
  })

  it('a network over sequences and one over images are traced by traceModel for all that look at either', () => {
    const lookers = /^src-main\/engine\/(training|probes|explain|optim|plan\.ts)/
    const ownTraces = /nn\/(trace|jointScan|imageTrace)\.ts$/
    const found = sources
      .filter((path) => lookers.test(path))
      .flatMap((path) =>
        importsOf(path, read(path))
          .filter((name) => ownTraces.test(name))
          .map((name) => `${path}: ${name}`),
      )
    expect(found).toEqual([])
  })

  it('every package of the table is a dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'))
    const used = new Set(sources.flatMap((path) => importsOf(path, read(path))))
    const named = [...new Set(Object.values(table).flatMap((row) => row.packages))].filter((name) =>
      used.has(name),
    )
    expect(named.filter((name) => !(name in dependencies) && !(name in devDependencies))).toEqual([])
  })

  it('no file outside the tasks names a task, or asks what its data are: the rows of the tasks are asked', () => {
    const ids = tasks.map(({ id }) => id).join('|')
    const asks = /\bdata\.(kind|problem|format|task)\b|\[['"](problem|format)['"]\]|\btopology\b/
    const names = new RegExp(`['"\`](${ids})['"\`]`)
    // older.ts reads configurations of version 2, in which these keys were.
    const others = sources.filter(
      (path) => !path.startsWith('src-main/engine/tasks/') && path !== 'src-main/contract/older.ts',
    )
    const code = (path: string) => read(path).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    expect(others.filter((path) => names.test(code(path)) || asks.test(code(path)))).toEqual([])
  })

  it('kernels see no JavaScript: only their own headers and the C++ library', () => {
    const kernels = sourcesIn('native/kernels', /\.(cc|h)$/)
    const included = kernels.flatMap((path) =>
      [...read(path).matchAll(/#include\s*[<"]([^>"]+)/g)].map((m) => m[1]!),
    )
    expect(included.filter((name) => /napi|node_api|node\.h|uv\.h|v8/.test(name))).toEqual([])
  })

  it.each([
    ['src-main/contract/run.ts', "import { scan } from '../engine/graph/scan.ts'"],
    ['src-main/engine/training/loop.ts', "import { readFileSync } from 'node:fs'"],
    ['src-main/engine/training/loop.ts', "import type { Store } from '../../store/index.ts'"],
    ['src-main/engine/training/loop.ts', "import { taskOf } from '../tasks/index.ts'"],
    ['src-main/engine/tasks/index.ts', "import { openModel } from '../probes/model.ts'"],
    ['src-main/engine/graph/ops.ts', "import { compile } from '../compile/compile.ts'"],
    ['src-main/engine/graph/scan.ts', "export * from '../run/native'"],
    ['src-main/jobs/entry.ts', "const db = await import('better-sqlite3')"],
    ['src-main/services/runs.ts', "import { app } from 'electron'"],
    ['src-main/services/runs.ts', "import { serve } from '../shells/web/server.ts'"],
    ['src-main/shells/cli/main.ts', "import { open } from '../../store/index.ts'"],
    ['src-renderer/views/RunView.vue', '<script setup lang="ts">import fs from \'node:fs\'</script>'],
    ['src-renderer/main.ts', "type T = import('../src-main/engine/cells/lstm.ts').T"],
    ['src-main/extra/thing.ts', "import { z } from 'zod'"],
  ])('refuses %s with %s', (path, text) => {
    expect(importsOf(path, text).map((name) => fault(path, name))).toEqual([expect.any(String)])
  })

  it.each([
    ['src-main/engine/cells/lstm.ts', "import { defineCell } from './cell.ts'"],
    ['src-main/store/runs.ts', "import Database from 'better-sqlite3'"],
    [
      'src-renderer/views/RunView.vue',
      '<script setup lang="ts">import type { Run } from \'@contract/run.ts\'</script>',
    ],
  ])('accepts %s with %s', (path, text) => {
    expect(importsOf(path, text).map((name) => fault(path, name))).toEqual([undefined])
  })
})
