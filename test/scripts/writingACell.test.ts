// docs/writing-a-cell.md is true: its cell, taken from the page, obeys the equations above it, and is compiled to what the page shows.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import type { Cell } from '../../src-main/engine/cells/cell.ts'
import { cells } from '../../src-main/engine/cells/index.ts'
import { proseText } from '../../src-main/engine/data/prose.ts'
import { explainProgram } from '../../src-main/engine/explain/explain.ts'
import { input } from '../../src-main/engine/graph/ops.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { graphLines } from '../../src-main/shells/cli/graphText.ts'
import { expectClose, values } from '../engine/check.ts'
import { evaluate } from '../engine/evaluate.ts'

const engine = fileURLToPath(new URL('../../src-main/engine', import.meta.url))
const page = readFileSync(new URL('../../docs/writing-a-cell.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```(?:ts)?\n([\s\S]*?)```/g)].map((match) => match[1]!)
let mgu: Cell

beforeAll(async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'unroll-cell-')), 'mgu.ts')
  const absolute = blocks[0]!.replaceAll("'../", `'${engine}/`).replaceAll("'./", `'${engine}/cells/`)
  writeFileSync(file, absolute)
  mgu = ((await import(/* @vite-ignore */ file)) as { mgu: Cell }).mgu
  ;(cells as Cell[]).push(mgu)
})
afterAll(() => void (cells as Cell[]).pop())

it('has a cell that obeys its equations', () => {
  const [I, H] = [2, 3]
  const shapes: Record<string, number[]> = { x: [1, I], h: [1, H], w_ih: [2 * H, I], w_hh: [2 * H, H], b_ih: [2 * H], b_hh: [2 * H] } // prettier-ignore
  const nodes = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]))
  const v = Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, values(shape, i + 1)]))
  const { signals } = mgu.step(nodes, nodes.x!, { h: nodes.h! }, {}, { training: true, reverse: false })
  const [h, f, g] = evaluate([signals.h, signals.f!, signals.g!], v)
  const units = Array.from({ length: H }, (_, k) => k)
  const row = (r: number, state: ArrayLike<number>) =>
    v.b_ih![r]! +
    v.b_hh![r]! +
    [0, 1].reduce((s, j) => s + v.w_ih![r * I + j]! * v.x![j]!, 0) +
    units.reduce((s, j) => s + v.w_hh![r * H + j]! * state[j]!, 0)
  const gate = units.map((k) => 1 / (1 + Math.exp(-row(k, v.h!))))
  const candidate = units.map((k) =>
    Math.tanh(
      row(
        H + k,
        units.map((j) => gate[j]! * v.h![j]!),
      ),
    ),
  )
  expectClose(f!, gate)
  expectClose(g!, candidate)
  expectClose(
    h!,
    units.map((k) => (1 - gate[k]!) * v.h![k]! + gate[k]! * candidate[k]!),
  )
})

it('shows the step that the compiler makes of it', () => {
  const config = parseConfig({ seed: 1, model: { cell: 'mgu' } }) as RunConfig
  const lines = graphLines(explainProgram(config, proseText(), referenceExecutor()))
  const from = lines.findIndex((line) => line.startsWith('STEP OF'))
  const step = lines.slice(from, lines.findIndex((line) => line.startsWith('to the next step')) + 1)
  const shown = blocks.find((block) => block.startsWith('STEP OF'))
  expect(`${step.join('\n')}\n`).toBe(shown)
})
