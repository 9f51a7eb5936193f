// One step of a cell on fixed values, held to a formula of its paper, one unit at a time in plain loops.
import { cellById, cellOptions } from '../../../src-main/engine/cells/index.ts'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import { input } from '../../../src-main/engine/graph/ops.ts'
import { expectClose, values } from '../check.ts'
import { evaluate, type Feeds } from '../evaluate.ts'

export const [batch, width, hidden] = [2, 3, 4]
export const units = Array.from({ length: hidden }, (_, k) => k)
export const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
/** Row r of W times v. */
export const dot = (w: ArrayLike<number>, r: number, v: ArrayLike<number>) =>
  Array.from(v).reduce((sum, x, j) => sum + w[r * v.length + j]! * x, 0)

export interface Case {
  w: Record<string, ArrayLike<number>>
  /** Of one sequence of the batch. */
  x: ArrayLike<number>
  state: Record<string, ArrayLike<number>>
}

/** One step of a cell on fixed values: what went in, and all signals and states, per sequence. `set` replaces weights. */
export function stepOf(id: string, given: Record<string, string | number | boolean> = {}, set: Feeds = {}) {
  const cell = cellById(id)
  const options = cellOptions(cell, given)
  const inputs: Record<string, Node> = {}
  const feeds: Record<string, ArrayLike<number>> = {}
  const feed = (name: string, shape: readonly number[]) => {
    inputs[name] = input(name, shape)
    feeds[name] = set[name] ?? values(shape, Object.keys(inputs).length)
    return inputs[name]
  }
  const x = feed('x', [batch, width])
  const names = cell.stateFor?.(options) ?? cell.state
  const before = Object.fromEntries(names.map((name) => [name, feed(`from ${name}`, [batch, hidden])]))
  const own = Object.entries(cell.weights({ input: width, hidden, outputs: 1 }, options)).flatMap(
    ([name, weight]) => (weight ? [[name, feed(name, weight.shape)] as const] : []),
  )
  const after = cell.step(Object.fromEntries(own), x, before, options, { training: false, reverse: false })
  const shown = { ...after.signals }
  const found = evaluate(Object.values(shown), feeds)
  const row = (all: ArrayLike<number>, b: number, n: number) => Array.from(all).slice(b * n, (b + 1) * n)
  return Array.from({ length: batch }, (_, b) => ({
    given: {
      w: Object.fromEntries(own.map(([name]) => [name, feeds[name]!])),
      x: row(feeds.x!, b, width),
      state: Object.fromEntries(names.map((name) => [name, row(feeds[`from ${name}`]!, b, hidden)])),
    } satisfies Case,
    found: Object.fromEntries(Object.keys(shown).map((name, i) => [name, row(found[i]!, b, hidden)])),
  }))
}

/** Holds signals of a cell to a formula. */
export function expectStep(
  id: string,
  options: Record<string, string | number | boolean>,
  formula: (given: Case) => Record<string, number[]>,
): void {
  for (const { given, found } of stepOf(id, options))
    for (const [name, expected] of Object.entries(formula(given)))
      expectClose(found[name]!, expected, 1e-12, name)
}

/** W_ih x + b_ih + W_hh h + b_hh of row r. */
export const sum = ({ w, x, state }: Case, r: number) =>
  dot(w.w_ih!, r, x) + w.b_ih![r]! + dot(w.w_hh!, r, state.h!) + w.b_hh![r]!
