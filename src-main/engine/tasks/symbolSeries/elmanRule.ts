// The first training rule of Elman networks, for any cell of one layer: a forward pass over the series with the epoch's initial weights;
// then, from the last symbol to the first, the error updates the output layer, propagates back through at most `depth` stored steps (never
// through the first) and updates the weights at each of them. The updated weights propagate the error further, so this is not the gradient
// of a loss. One run is one epoch of T updates.
import { vjp } from '../../compile/grad.ts'
import { topological, type Node } from '../../graph/node.ts'
import { concat, constant, div, input, mul, slice, sub, zeros } from '../../graph/ops.ts'
import { scan } from '../../graph/scan.ts'
import { substitute } from '../../graph/substitute.ts'
import { inputLayer, readout, activated, throughHead } from '../../nn/ends.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { ownWeights } from '../../nn/step.ts'
import type { Weights } from '../../nn/weights.ts'
import { globalNorm } from '../../optim/gradients.ts'

/** The results of an epoch as nodes. */
export interface ElmanEpoch {
  /** Outputs of the forward pass, (T, 1, outputs). */
  answers: Node
  /** Euclidean norm of the change of all weights, divided by the learning rate. */
  norm: Node
  updates: [weight: Node, next: Node][]
}

/** The graph of one epoch: ids (T, 1), targets (T, 1, outputs) in 0..1; reads the input `lr`, the learning rate. */
export function elmanEpoch(
  network: SequenceNetwork,
  weights: Weights,
  ids: Node,
  targets: Node,
  depth: number,
): ElmanEpoch {
  const length = ids.shape[0]!
  const lr = input('lr', [])
  const nodes = [...weights.values()]
  const forward = readSeries(network, weights, ids)
  const error = mul(sub(forward.answers, targets), forward.answers, sub(1, forward.answers))

  // values[j][i]: value of stored node i at step t - j; walkMasks[j]: 1 while t - j >= 1.
  const back = Array.from({ length: Math.min(depth, length - 1) }, (_, j) => j)
  const values = back.map((j) => forward.stacks.map((s) => shiftLater(s, j)))
  const walkMasks = back.map((j) => concat([zeros([j + 1]), constant(1, [length - j - 1])], 0))
  const count = forward.stored.length
  const { state: after } = scan(
    { xs: [error, forward.tops, ...values.flat(), ...walkMasks], init: nodes, reverse: true },
    ([e, top, ...xs], before) => {
      const w = new Map(nodes.map((node, i) => [node, before[i]!]))
      const change = (gradients: readonly (Node | null)[], map: ReadonlyMap<Node, Node>, mask?: Node) => {
        const current = new Map([...map, ...w])
        gradients.forEach((g, i) => {
          if (!g) return
          const [value] = substitute([g], current) as [Node]
          w.set(nodes[i]!, sub(w.get(nodes[i]!)!, mul(value, mask ? mul(lr, mask) : lr)))
        })
      }
      const atTop = new Map([
        [forward.readout.top, top!],
        [forward.readout.error, e!],
      ])
      change(forward.readout.gradients, atTop)
      let dTop = substitute([forward.readout.dTop], new Map([...atTop, ...w]))[0]!
      let dStates = forward.step.states.map((s) => zeros(s.shape))
      for (const j of back) {
        const map = new Map(forward.stored.map((node, i) => [node, xs[j * count + i]!]))
        map.set(forward.step.dTop, dTop)
        forward.step.dNext.forEach((d, i) => map.set(d, dStates[i]!))
        change(forward.step.gradients, map, xs[back.length * count + j]!)
        const current = new Map([...map, ...w])
        dStates = forward.step.dStates.map((d, i) =>
          d ? substitute([d], current)[0]! : zeros(forward.step.states[i]!.shape),
        )
        dTop = zeros(dTop.shape)
      }
      return { state: nodes.map((node) => w.get(node)!), ys: [] }
    },
  )
  const changes = nodes.map((node, i) => sub(node, after[i]!))
  return {
    answers: forward.answers,
    norm: div(globalNorm(changes), lr),
    updates: nodes.map((node, i) => [node, after[i]!]),
  }
}

/** `stack` (T, ...) shifted `j` steps later, padded with zeros at the front. */
function shiftLater(stack: Node, j: number): Node {
  if (j === 0) return stack
  const [length, ...rest] = stack.shape as [number, ...number[]]
  return concat([zeros([j, ...rest]), slice(stack, 0, 0, length - j)], 0)
}

/** The forward pass, and the gradients of one step and of the output layer as graphs over placeholders. */
function readSeries(network: SequenceNetwork, weights: Weights, ids: Node) {
  const nodes = [...weights.values()]
  const { cell } = network
  const layer = network.layers[0]!
  const own = ownWeights(weights, layer.scans[0].owner)
  const answersOf = (h: Node) =>
    activated(network, readout(network, weights, throughHead(network, weights, h)))
  let step!: ReturnType<typeof stepGradients>
  let stored: Node[] = []
  const init = layer.states.map(({ size }) => zeros([1, size]))
  const result = scan({ xs: [ids], init }, ([id], states) => {
    const state = Object.fromEntries(cell.state.map((name, i) => [name, states[i]!]))
    const after = cell.step(own, inputLayer(network, weights, id!), state, network.options, {
      training: true,
      reverse: false,
    })
    const next = cell.state.map((name) =>
      name === cell.outputFeedback ? answersOf(after.signals.h) : after.state[name]!,
    )
    step = stepGradients(after.signals.h!, next, states, nodes)
    stored = storedNodes(step, [id!, ...states])
    return { state: next, ys: [after.signals.h!, ...stored] }
  })
  const [tops, ...stacks] = result.ys as [Node, ...Node[]]
  return {
    tops,
    stacks,
    stored,
    step,
    answers: answersOf(tops),
    readout: readoutGradients(network, weights, nodes),
  }
}

/** Gradients of one step with respect to weights and previous states, given placeholders for the gradients of its output and next states. */
function stepGradients(top: Node, next: readonly Node[], states: readonly Node[], nodes: readonly Node[]) {
  const dTop = input('dTop', top.shape)
  const dNext = next.map((n, i) => input(`dNext${i}`, n.shape))
  const seeds: [Node, Node][] = [[top, dTop], ...next.map((n, i): [Node, Node] => [n, dNext[i]!])]
  const all = vjp(seeds, [...nodes, ...states], true)
  return { dTop, dNext, states, gradients: all.slice(0, nodes.length), dStates: all.slice(nodes.length) }
}

/** Gradients of the output layer with respect to weights and to its input `top`, given a placeholder for the error of the logits. */
function readoutGradients(network: SequenceNetwork, weights: Weights, nodes: readonly Node[]) {
  const top = input('top', [1, network.layers[0]!.hidden])
  const error = input('error', [1, network.output.size])
  const all = vjp(
    [[readout(network, weights, throughHead(network, weights, top)), error]],
    [...nodes, top],
    true,
  )
  return { top, error, gradients: all.slice(0, nodes.length), dTop: all[nodes.length]! }
}

/** The values of the forward step that its gradients read: nodes that depend on its placeholders but not on incoming gradients. */
function storedNodes(step: ReturnType<typeof stepGradients>, slots: readonly Node[]): Node[] {
  const order = topological([...step.gradients, ...step.dStates].filter((n) => n !== null))
  const flow = new Set<Node>([step.dTop, ...step.dNext])
  const forward = new Set<Node>(slots)
  const wanted = new Set<Node>()
  for (const node of order) {
    if (node.inputs.some((n) => flow.has(n))) {
      flow.add(node)
      for (const n of node.inputs) if (forward.has(n)) wanted.add(n)
    } else if (node.inputs.some((n) => forward.has(n))) forward.add(node)
  }
  return [...wanted]
}
