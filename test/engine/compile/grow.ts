// Random graphs for tests: a pool of (B, H) values that grows by random operations.
import fc from 'fast-check'
import type { Node } from '../../../src-main/engine/graph/node.ts'
import * as g from '../../../src-main/engine/graph/ops.ts'

const [B, H] = [2, 4]

/** One random choice: an operation and which earlier values it takes. */
export interface Choice {
  op: number
  a: number
  b: number
}
export const choices = fc.array(fc.record({ op: fc.nat(21), a: fc.nat(30), b: fc.nat(30) }), {
  minLength: 1,
  maxLength: 14,
})

/** Grows a pool of (B, H) values; every operation keeps that shape and stays bounded. */
export function grow(pool: Node[], weights: Node[], list: readonly Choice[]): Node[] {
  for (const { op, a, b } of list) {
    const [x, y] = [pool[a % pool.length]!, pool[b % pool.length]!]
    const w = weights[b % weights.length]!
    const made: (() => Node)[] = [
      () => g.add(x, y), () => g.sub(x, y), () => g.mul(x, y), () => g.tanh(x), () => g.sigmoid(x),
      () => g.add(g.linear(x, w), y), () => g.matmul(x, w), () => g.tanh(g.add(g.matmul(x, w), g.slice(w, 0, 1, 1))),
      () => g.concat(g.split(x, 2).reverse(), 1), () => g.concat([g.slice(x, 1, 0, 1), g.slice(y, 1, 1, 3)], 1),
      () => g.div(x, g.add(1.5, g.square(g.tanh(y)))), () => g.maximum(x, y), () => g.select(g.gt(x, y), x, g.neg(y)),
      () => g.add(x, g.sum(y, [0])), () => g.mul(g.softmax(x), y), () => g.reshape(g.transpose(g.reshape(x, [H, B])), [B, H]),
      () => g.mul(x, g.broadcastTo(g.slice(y, 1, 2, 1), [B, H])), () => g.stopGradient(x), () => g.relu(x),
      () => g.add(g.logSoftmax(x), g.constant(0.5)), () => g.select(g.gt(g.slice(y, 1, 0, 1), 0.3), g.tanh(g.matmul(x, w)), y),
      () => g.mul(g.select(g.gt(g.slice(x, 1, 1, 1), 0.4), g.matmul(y, w), 0), x),
    ] // prettier-ignore
    pool.push(made[op]!())
  }
  return pool
}
