// Holds a graph to its meaning: the compiled program against the plain evaluation, gradients against finite differences.
import { expect } from 'vitest'
import { compile } from '../../src-main/engine/compile/compile.ts'
import { grad } from '../../src-main/engine/compile/grad.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { evaluate, type Feeds, type Values } from './evaluate.ts'

const run = { seed: [1, 2] as const, step: 3 }

export function runCompiled(outputs: Record<string, Node>, feeds: Feeds): Record<string, number[]> {
  const program = compile({ outputs })
  const executable = referenceExecutor().load(program)
  for (const [name, slot] of program.slots) if (slot.kind !== 'output') executable.write(name, feeds[name]!)
  executable.run(run)
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, Array.from(executable.read(name))]))
}

export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-10,
  what = '',
): void {
  expect(actual.length, what).toBe(expected.length)
  for (let i = 0; i < actual.length; i++) {
    const scale = Math.max(1, Math.abs(expected[i]!))
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance * scale)) {
      expect.fail(`${what}[${i}]: ${actual[i]} instead of ${expected[i]}`)
    }
  }
}

/**
 * Compiled = evaluated, for the outputs and for the gradients of `loss`; gradients = central differences, in which what stops the gradient
 * is held at its value.
 */
export function checkGraph(loss: Node, wrt: Node[], feeds: Feeds, outputs: Record<string, Node> = {}): void {
  const gradients = grad(loss, wrt)
  const all = {
    ...outputs,
    loss,
    ...Object.fromEntries(gradients.map((g, i) => [`d${wrt[i]!.attrs.name}`, g])),
  }
  const compiled = runCompiled(all, feeds)
  const evaluated = evaluate(Object.values(all), feeds)
  Object.keys(all).forEach((name, i) => expectClose(compiled[name]!, evaluated[i]!, 1e-9, name))
  const held: Values[] = []
  evaluate([loss], feeds, { values: held })
  for (const w of wrt) {
    const name = w.attrs.name!
    const base = Float64Array.from(feeds[name]!)
    const numeric = base.map((v, i) => {
      const at = (delta: number) => {
        const moved = base.slice()
        moved[i] = v + delta
        return evaluate([loss], { ...feeds, [name]: moved }, { values: held, at: 0 })[0]![0]!
      }
      return (at(1e-5) - at(-1e-5)) / 2e-5
    })
    expectClose(compiled[`d${name}`]!, numeric, 2e-6, `d${name}`)
  }
}

/** Deterministic values in (-1, 1), away from zero so that kinks of relu and max are not hit. */
export function values(shape: readonly number[], salt = 1): Float64Array {
  const n = shape.reduce((p, d) => p * d, 1)
  return Float64Array.from({ length: n }, (_, i) => {
    const v = Math.sin((i + 1) * 12.9898 * salt + salt) * 43758.5453
    return (v - Math.floor(v)) * 1.8 - 0.9 + 0.013
  })
}
