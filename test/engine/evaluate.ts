// A second implementation of the graph's meaning, written for plainness: evaluates nodes one by one, scans by a loop, no compiling.
// The oracle against which compiled programs are held.
import { elements } from '../../src-main/engine/compile/program.ts'
import type { Node } from '../../src-main/engine/graph/node.ts'
import { scanInit, scanXs } from '../../src-main/engine/graph/scan.ts'

export type Values = Float64Array
export type Feeds = Readonly<Record<string, ArrayLike<number>>>

const unary: Record<string, (a: number) => number> = {
  neg: (a) => -a, abs: Math.abs, exp: Math.exp, log: Math.log, sqrt: Math.sqrt, tanh: Math.tanh, floor: Math.floor,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)), relu: (a) => (a > 0 ? a : a <= 0 ? 0 : a),
} // prettier-ignore
const binary: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b, max: Math.max, min: Math.min,
  gt: (a, b) => +(a > b), ge: (a, b) => +(a >= b), eq: (a, b) => +(a === b),
} // prettier-ignore

/** Every multi-index of a shape, in row-major order. */
function* indices(shape: readonly number[]): Generator<number[]> {
  const index = shape.map(() => 0)
  for (let n = elements(shape); n > 0; n--) {
    yield index
    for (let d = shape.length - 1; d >= 0 && ++index[d]! === shape[d]; d--) index[d] = 0
  }
}
const flat = (index: readonly number[], shape: readonly number[]) =>
  shape.reduce((at, d, i) => at * d + index[i]!, 0)
/** Position in an array of `shape` that is broadcast under `index`. */
const under = (index: readonly number[], shape: readonly number[]) =>
  flat(
    shape.map((d, i) => (d === 1 ? 0 : index[index.length - shape.length + i]!)),
    shape,
  )

/** Values of `stop` nodes in the order in which they came; replayed, they are constants, as the gradient takes them. */
export interface Stops {
  values: Values[]
  /** Next value to replay; undefined: record. */
  at?: number
}

/** Values of `roots` in f64; `feeds` by name of input or state. Uniforms are not supported: they belong to executors. */
export function evaluate(roots: readonly Node[], feeds: Feeds, stops: Stops = { values: [] }): Values[] {
  return evaluateIn(roots, feeds, new Map(), stops)
}

type ScanValues = { finals: Values[]; stacks: Values[] }

function evaluateIn(roots: readonly Node[], feeds: Feeds, given: Map<Node, Values>, stops: Stops): Values[] {
  const memo = new Map<Node, Values>(given)
  const scans = new Map<Node, ScanValues>()
  const scanOf = (node: Node): ScanValues => {
    const known = scans.get(node)
    if (known) return known
    const body = node.attrs.body!
    const xs = scanXs(node).map(at)
    let state = scanInit(node).map(at)
    const stacks = body.ys.map((y) => new Float64Array(body.length * elements(y.shape)))
    for (let n = 0; n < body.length; n++) {
      const t = body.reverse ? body.length - 1 - n : n
      const slots = new Map(memo)
      body.xs.forEach((slot, i) =>
        slots.set(slot, xs[i]!.slice(t * elements(slot.shape), (t + 1) * elements(slot.shape))),
      )
      body.state.forEach((slot, k) => slots.set(slot, state[k]!))
      for (const n of insideNodes(body)) slots.delete(n)
      const values = evaluateIn([...body.next, ...body.ys], feeds, slots, stops)
      state = values.slice(0, body.next.length)
      body.ys.forEach((y, j) => stacks[j]!.set(values[body.next.length + j]!, t * elements(y.shape)))
    }
    const made = { finals: state, stacks }
    scans.set(node, made)
    return made
  }
  const at = (node: Node): Values => {
    const known = memo.get(node)
    if (known) return known
    const made = make(node)
    memo.set(node, made)
    return made
  }
  const make = (node: Node): Values => {
    const out = new Float64Array(elements(node.shape))
    const { attrs, shape } = node
    if (node.op === 'input' || node.op === 'state') return Float64Array.from(feeds[attrs.name!]!)
    if (node.op === 'const') return out.fill(attrs.value!)
    if (node.op === 'out') {
      const s = scanOf(node.inputs[0]!)
      return (attrs.kind === 'final' ? s.finals : s.stacks)[attrs.index!]!
    }
    if (node.op === 'scan') return out
    const ins = node.inputs.map(at)
    const [a, b, c] = ins as [Values, Values, Values]
    const shapes = node.inputs.map((n) => n.shape)
    const last = shape[shape.length - 1]!
    let i = 0
    switch (node.op) {
      case 'stop':
        if (stops.at !== undefined) return stops.values[stops.at++]!
        stops.values.push(a)
        return a
      case 'select':
        for (const x of indices(shape))
          out[i++] = a[under(x, shapes[0]!)] !== 0 ? b[under(x, shapes[1]!)]! : c[under(x, shapes[2]!)]!
        return out
      case 'matmul': {
        const k = shapes[1]![0]!
        for (; i < out.length; i++) {
          const row = Math.floor(i / last)
          for (let p = 0; p < k; p++) out[i]! += a[row * k + p]! * b[p * last + (i % last)]!
        }
        return out
      }
      case 'transpose':
        for (const [r, s] of indices(shape) as Generator<[number, number]>) out[i++] = a[s * shape[0]! + r]!
        return out
      case 'reshape':
        return a
      case 'slice':
        for (const x of indices(shape))
          out[i++] =
            a[
              flat(
                x.map((v, d) => (d === attrs.axis ? v + attrs.start! : v)),
                shapes[0]!,
              )
            ]!
        return out
      case 'pad':
        for (const x of indices(shapes[0]!))
          out[
            flat(
              x.map((v, d) => (d === attrs.axis ? v + attrs.start! : v)),
              shape,
            )
          ] = a[i++]!
        return out
      case 'concat': {
        let start = 0
        ins.forEach((part, p) => {
          let j = 0
          for (const x of indices(shapes[p]!))
            out[
              flat(
                x.map((v, d) => (d === attrs.axis ? v + start : v)),
                shape,
              )
            ] = part[j++]!
          start += shapes[p]![attrs.axis!]!
        })
        return out
      }
      case 'broadcast':
        for (const x of indices(shape)) out[i++] = a[under(x, shapes[0]!)]!
        return out
      case 'sum':
      case 'maxOf': {
        if (node.op === 'maxOf') out.fill(-Infinity)
        for (const x of indices(shapes[0]!)) {
          const o = flat(
            x.filter((_, d) => !attrs.axes!.includes(d)),
            shape,
          )
          out[o] = node.op === 'sum' ? out[o]! + a[i++]! : Math.max(out[o]!, a[i++]!)
        }
        return out
      }
      case 'softmax':
      case 'logSoftmax':
        for (let r = 0; r < a.length; r += last) {
          const total = a.subarray(r, r + last).reduce((s, v) => s + Math.exp(v), 0)
          for (let v = 0; v < last; v++)
            out[r + v] = node.op === 'softmax' ? Math.exp(a[r + v]!) / total : a[r + v]! - Math.log(total)
        }
        return out
      case 'crossEntropy': {
        const v = shapes[0]![shapes[0]!.length - 1]!
        return out.map((_, r) => {
          const row = a.subarray(r * v, (r + 1) * v)
          return b[r]! < 0 ? 0 : Math.log(row.reduce((s, z) => s + Math.exp(z), 0)) - row[b[r]!]!
        })
      }
      case 'crossEntropyGrad':
        for (let r = 0; r < b.length; r++) {
          const row = a.subarray(r * last, (r + 1) * last)
          const total = row.reduce((s, z) => s + Math.exp(z), 0)
          for (let v = 0; v < last; v++)
            out[r * last + v] = b[r]! < 0 ? 0 : (Math.exp(row[v]!) / total - +(v === b[r])) * c[r]!
        }
        return out
      case 'gather':
        b.forEach((id, r) => id >= 0 && out.set(a.subarray(id * last, (id + 1) * last), r * last))
        return out
      case 'scatterAdd':
        b.forEach((id, r) => {
          if (id >= 0) for (let e = 0; e < last; e++) out[id * last + e]! += a[r * last + e]!
        })
        return out
      case 'oneHot':
        a.forEach((id, r) => id >= 0 && (out[r * last + id] = 1))
        return out
      default: {
        const f1 = unary[node.op]
        if (f1) return a.map(f1)
        const f2 = binary[node.op]
        if (!f2) throw new Error(`evaluate: unknown op ${node.op}`)
        for (const x of indices(shape)) out[i++] = f2(a[under(x, shapes[0]!)]!, b[under(x, shapes[1]!)]!)
        return out
      }
    }
  }
  return roots.map(at)
}

/** Everything reached from a body's results that depends on its placeholders. */
function insideNodes(body: NonNullable<Node['attrs']['body']>): Node[] {
  const dependent = new Set<Node>([...body.xs, ...body.state])
  const found: Node[] = []
  const seen = new Set<Node>()
  const visit = (node: Node) => {
    if (seen.has(node)) return
    seen.add(node)
    node.inputs.forEach(visit)
    if (!dependent.has(node) && node.inputs.some((n) => dependent.has(n))) {
      dependent.add(node)
      found.push(node)
    }
  }
  ;[...body.next, ...body.ys].forEach(visit)
  return found
}
