// Two-dimensional networks once more in plain loops, written from the papers: the oracle for programs.
import { layerKey } from '../../../src-main/contract/layerPath.ts'
import type { ImageNetwork } from '../../../src-main/engine/nn/imageNetwork.ts'

export type Values = Readonly<Record<string, ArrayLike<number>>>
type Vector = number[]
type Plane = Vector[][]
interface Place {
  h: Vector
  c: Vector
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const sum = (...vectors: Vector[]): Vector =>
  vectors[0]!.map((_, k) => vectors.reduce((s, v) => s + v[k]!, 0))
/** w (rows, x.length) row by row. */
const times = (w: ArrayLike<number>, x: Vector): Vector =>
  Array.from({ length: w.length / x.length }, (_, r) =>
    x.reduce((s, v, k) => s + w[r * x.length + k]! * v, 0),
  )

/** One place of the cell from what it reads and its neighbours. */
function place(
  network: ImageNetwork,
  w: (name: string) => ArrayLike<number>,
  x: Vector,
  left: Place,
  up: Place,
): Place {
  const z = sum(times(w('w_ih'), x), times(w('w_up'), up.h), times(w('w_left'), left.h), [
    ...Array.from(w('b')),
  ])
  if (network.cell.id === 'mdrnn') return { h: z.map(Math.tanh), c: [] }
  const size = left.h.length
  const made: Place = { h: [], c: [] }
  for (let k = 0; k < size; k++) {
    const peep = (name: string, at: number) => w(name)?.[at * size + k] ?? 0
    const gate = (n: number) => z[n * size + k]!
    const i = sigmoid(gate(0) + peep('p_i', 0) * up.c[k]! + peep('p_i', 1) * left.c[k]!)
    const first = sigmoid(gate(1) + peep('p_f', 0) * up.c[k]!)
    const second = sigmoid(gate(2) + peep('p_f', 1) * left.c[k]!)
    const stable = network.options['forget'] === 'stable'
    const [fUp, fLeft] = stable ? [first * second, first * (1 - second)] : [first, second]
    const c = i * Math.tanh(gate(3)) + fUp * up.c[k]! + fLeft * left.c[k]!
    const o = sigmoid(gate(4) + peep('p_o', 0) * c)
    made.c.push(c)
    made.h.push(o * Math.tanh(c))
  }
  return made
}

/** h of one scan over an image of vectors; `perturbation` is added to it where it comes about. */
function scanned(
  network: ImageNetwork,
  values: Values,
  prefix: string,
  hidden: number,
  x: Plane,
  from: { up: boolean; left: boolean },
  perturbation: Plane | undefined,
): Plane {
  const [rows, columns] = [x.length, x[0]!.length]
  const w = (name: string) => values[prefix + name]!
  const zero: Place = { h: Array<number>(hidden).fill(0), c: Array<number>(hidden).fill(0) }
  const states: Place[][] = x.map((row) => row.map(() => zero))
  const [down, right] = [from.up ? -1 : 1, from.left ? -1 : 1]
  for (let a = 0; a < rows; a++) {
    const i = from.up ? rows - 1 - a : a
    for (let b = 0; b < columns; b++) {
      const j = from.left ? columns - 1 - b : b
      const beside = b > 0 ? states[i]![j - right]! : zero
      const above = a > 0 ? states[i - down]![j]! : zero
      const made = place(network, w, x[i]![j]!, beside, above)
      states[i]![j] = perturbation ? { ...made, h: sum(made.h, perturbation[i]![j]!) } : made
    }
  }
  return states.map((row) => row.map(({ h }) => h))
}

/** Logits (R, C, V) of one picture of ids (R, C); for networks that are not causal before any pooling. `perturbations` by `layers.0.down-right`. */
export function plainLogits(
  network: ImageNetwork,
  values: Values,
  ids: number[][],
  perturbations: Readonly<Record<string, Plane>> = {},
): Plane {
  const { input, causal, options, layers } = network
  const vector = (i: number, j: number): Vector => {
    const id = ids[i]?.[j] ?? -1
    const width = input.kind === 'onehot' ? input.symbols : input.size
    return Array.from({ length: width }, (_, k) =>
      id < 0 ? 0 : input.kind === 'onehot' ? Number(k === id) : values['embedding.w']![id * width + k]!,
    )
  }
  let below: Plane = []
  layers.forEach((layer, l) => {
    const parts = layer.scans.map(({ path, owner, corner }) => {
      const x = ids.map((row, i) =>
        row.map((_, j): Vector => {
          if (l > 0)
            return causal && corner.left ? (below[i - 1]?.[j] ?? below[i]![j]!.map(() => 0)) : below[i]![j]!
          if (!causal) return vector(i, j)
          return corner.left ? vector(i - 1, j) : [...vector(i, j - 1), ...vector(i - 1, j)]
        }),
      )
      return scanned(
        network,
        values,
        `${layerKey(owner)}.`,
        layer.hidden,
        x,
        corner,
        perturbations[layerKey(path)],
      )
    })
    const met = ids.map((row, i) =>
      row.map((_, j) => {
        const here = parts.map((h) => h[i]![j]!)
        return options.merge === 'concat' ? here.flat() : sum(...here)
      }),
    )
    below =
      network.residual && l > 0 && met[0]![0]!.length === below[0]![0]!.length
        ? met.map((row, i) => row.map((h, j) => sum(h, below[i]![j]!)))
        : met
  })
  return below.map((row) =>
    row.map((h) => sum(times(values['readout.w']!, h), Array.from(values['readout.b']!))),
  )
}
