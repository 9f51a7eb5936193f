// A configuration's training step explained: what was written, what the compiler made of it, what runs, where the memory goes.
import type { RunConfig } from '../../contract/config.ts'
import type { NetworkLayer, ProgramGraph, ProgramItem, Section } from '../../contract/programGraph.ts'
import { layerKey, parseLayerKey, splitLayer } from '../../contract/layerPath.ts'
import { largest } from '../../contract/longLists.ts'
import { slotsEnd } from '../compile/allocate.ts'
import type { Compilation } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Known } from '../tasks/defineTask.ts'
import { readingOf, taskOf } from '../tasks/index.ts'
import type { Text } from '../data/source.ts'
import type { Executor } from '../run/executor.ts'
import { checkCellOptions } from '../plan.ts'
import { heldBytes, heldMemory, programsOf, type Programs } from '../training/learner.ts'
import { trainingProgram } from '../training/program.ts'
import { findingsOf } from './findings.ts'
import { memoryOf } from './memory.ts'
import { nodeCount, stepGraphs } from './stepGraphs.ts'
import { treeOf } from './tree.ts'
import { loopNames, sectionsOf } from './walk.ts'
import { wordingOf } from './wording.ts'
import type { Model } from '../nn/model.ts'

/**
 * Throws what planRun throws on a configuration or text that does not fit. Without the text, a checkpoint's vocabulary is enough: the
 * program does not depend on the symbols themselves.
 */
export function explainProgram(
  config: RunConfig,
  text: Text | null,
  executor: Executor,
  known?: Known,
): ProgramGraph {
  const { bytesPerElement } = executor
  checkCellOptions(config)
  const task = taskOf(config, text ?? standIn(config, known?.vocabulary ?? []), known)
  let seen!: Compilation
  const program = trainingProgram(
    task,
    config.train,
    (task.buckets?.count ?? 1) - 1,
    (compilation) => (seen = compilation),
  )
  const told = { sectionOf: sectionsOf(seen), word: wordingOf(seen.rewritten), loopName: loopNames(seen) }
  const steps = stepGraphs(seen)
  const tree = treeOf(program.code, seen.block, { ...told, bytesPerElement, program })
  const weights = new Set(task.network.weights.keys())
  const memory = memoryOf(program, seen, weights, told)
  const bytes = (n: number) => n * bytesPerElement
  const programs = programsOf(task, config)
  // What stands in for a text has no size worth telling.
  const held = heldMemory(programs, text === null ? { ...task, dataBytes: 0 } : task, executor)
  return {
    network: layersOf(task.network),
    steps,
    nodes: { before: nodeCount(seen.roots), after: nodeCount(seen.rewritten) },
    findings: findingsOf(seen, steps, tree, told),
    program: tree,
    totals: totalsOf(tree),
    memory: {
      whole: heldBytes(held),
      bytes: bytes(memory.bytes),
      shared: bytes(memory.shared),
      parts: memory.parts.map((part) => ({
        ...part,
        bytes: bytes(part.bytes),
        held: bytes(part.held),
        items: part.items.map((item) => ({ ...item, bytes: bytes(item.bytes) })),
      })),
      others: [
        ...onTheSame(programs, memory.bytes).map((o) => ({
          name: o.name,
          bytes: bytes(o.size),
          held: bytes(o.more),
        })),
        { name: 'working space of the kernels', bytes: held.scratch, held: held.scratch },
        { name: 'symbols', bytes: held.data, held: held.data },
      ].filter((o) => o.bytes > 0),
    },
  }
}

/** Programs that run on the memory of training: what they take behind its states, and `more` that the memory is larger for them. */
function onTheSame(programs: Programs, training: number): { name: string; size: number; more: number }[] {
  const { train, shorter, evaluation, shorterEvaluation, answers, sample, gradients } = programs
  const named: [string, (Program | undefined)[]][] = [
    ['training on shorter sequences', shorter],
    ['validation', [evaluation, ...shorterEvaluation]],
    ['answers', [answers]],
    ['sampling', [sample]],
    ['gradient record', [gradients?.longest(), gradients?.radii()]],
  ]
  let most = training
  return named.map(([name, all]) => {
    const end = Math.max(0, largest(all.map((program) => program?.size ?? 0)))
    const more = Math.max(0, end - most)
    most += more
    return { name, size: Math.max(0, end - slotsEnd(train.slots)), more }
  })
}

/** A text of known symbols, long enough for one step. */
function standIn(config: RunConfig, vocabulary: readonly string[]): string {
  const symbol = vocabulary.find((one) => /^[\p{L}\p{N}]+$/u.test(one)) ?? vocabulary.find((one) => one.trim() !== '') // prettier-ignore
  const words = readingOf(config).unit === 'word'
  const { train } = config
  return `${symbol ?? 'a'}${words ? ' ' : ''}`.repeat(20 * (train.batch * train.window + 100))
}

/** Parts that no step of the network itself goes through. */
const besides: Readonly<Record<string, string>> = {
  encoder: 'reads the first sequence',
  bridge: 'from the last states of the encoder to the first of the decoder',
  professor: 'tells reading from running free',
}

/** Weights by the part of the network that they belong to, in order. */
function layersOf(network: Model): NetworkLayer[] {
  const { input, cell } = network
  const about = (name: string, units: number): string => {
    if (name === 'embedding') return `${input.kind === 'embedding' ? input.symbols : 0} symbols to ${units} numbers` // prettier-ignore
    if (name === 'readout') return `${units} outputs`
    return besides[name] ?? (parseLayerKey(name) ? cell.title : `${units} units`)
  }
  const parts = new Map<string, NetworkLayer>()
  if (input.kind !== 'embedding') {
    const what = input.kind === 'onehot' ? `${input.symbols} symbols, one-hot` : `${input.size} numbers`
    parts.set('input', { name: 'input', about: what, parameters: 0 })
  }
  for (const [full, { shape }] of network.weights) {
    const first = full.slice(0, full.indexOf('.'))
    const layer = splitLayer(full)?.layer
    const name = layer && layer.part === undefined ? layerKey(layer) : first
    const units = name === 'embedding' ? shape[1]! : shape[0]!
    const beside = name in besides && { beside: true }
    const part = parts.get(name) ?? { name, about: about(name, units), parameters: 0, ...beside }
    part.parameters += shape.reduce((n, d) => n * d, 1)
    parts.set(name, part)
  }
  return [...parts.values()]
}

function totalsOf(tree: readonly ProgramItem[]): ProgramGraph['totals'] {
  const none = () => ({ calls: 0, flops: 0 })
  const totals = { calls: 0, flops: 0, products: 0, bytes: 0 }
  const sections: Record<Section, { calls: number; flops: number }> = { forward: none(), backward: none(), update: none() } // prettier-ignore
  const add = (item: ProgramItem): void => {
    if ('body' in item) {
      if (item.kernel === 'loop' || item.open) item.body.forEach(add)
      return
    }
    totals.calls += item.times
    totals.flops += item.flops
    totals.bytes += item.bytes
    if (item.kernel === 'gemm') totals.products += item.flops
    sections[item.section].calls += item.times
    sections[item.section].flops += item.flops
  }
  tree.forEach(add)
  return { ...totals, sections }
}
