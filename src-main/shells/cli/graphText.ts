// A compile report as text and as a Graphviz graph.
import {
  branchText,
  type ProgramCall,
  type ProgramGraph,
  type ProgramItem,
  type StepGraph,
  type StepNode,
} from '../../contract/programGraph.ts'
import { append } from '../../contract/longLists.ts'
import { rate, size, table } from './format.ts'

const shape = (dims: readonly number[]) => dims.join('×') || '1'
const cut = (text: string, width: number) => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

/** Everything except the heading. */
export function graphLines(graph: ProgramGraph): string[] {
  return [
    ...networkLines(graph),
    '',
    ...stepLines(graph.steps),
    'WHAT THE COMPILER DID',
    `${graph.nodes.before} graph nodes became ${graph.nodes.after}.`,
    ...graph.findings.map(({ text }) => `- ${text}`),
    '',
    ...programLines(graph),
    '',
    ...memoryLines(graph),
  ]
}

function networkLines({ network }: ProgramGraph): string[] {
  const rows = network.map((l) => [l.name, l.about, l.parameters.toLocaleString('en')])
  return ['NETWORK', ...table(['part', '', 'parameters>'], rows)]
}

/** Identical steps are shown once. */
function stepLines(steps: readonly StepGraph[]): string[] {
  const form = (s: StepGraph) =>
    JSON.stringify([s.nodes.map((n) => [n.op, n.name, n.place, n.call]), s.edges, s.feedback])
  const shown = new Map<string, StepGraph>()
  const lines: string[] = []
  for (const step of steps) {
    const same = shown.get(form(step))
    if (same) {
      lines.push(`STEP OF ${step.name}: as that of ${same.name}.`, '')
      continue
    }
    shown.set(form(step), step)
    const range = step.reverse ? `t = ${step.steps - 1} .. 0` : `t = 0 .. ${step.steps - 1}`
    append(lines, [`STEP OF ${step.name}, ${range}`, ...nodeRows(step), ''])
  }
  return lines
}

const leaves = new Set<StepNode['kind']>(['input', 'state', 'weight'])

function nodeRows(step: StepGraph): string[] {
  const byId = new Map(step.nodes.map((n) => [n.id, n]))
  const refer = (id: number): string => {
    const node = byId.get(id)!
    if (node.name) return node.name
    const [from] = step.edges.filter((e) => e.to === id)
    return node.kind === 'window' && node.place === 'free' && from ? `${refer(from.from)}[..]` : `#${id}`
  }
  const rows = step.nodes
    .filter((n) => !leaves.has(n.kind) && (n.place !== 'free' || n.name))
    .map((n) => {
      const from = step.edges.filter((e) => e.to === n.id).map((e) => refer(e.from))
      const infix = from.length === 2 && /^[+−×÷]$/.test(n.op)
      const computes = infix
        ? from.join(` ${n.op} `)
        : n.op === 'matmul'
          ? from.join(' @ ')
          : `${n.op}(${from.join(', ')})`
      const where = n.place === 'before' ? 'before the loop' : n.call === null ? n.place : `call ${n.call}`
      return [n.name || `#${n.id}`, cut(computes, 50), shape(n.shape), where]
    })
  const back = step.feedback.map(({ from, to }) => `${refer(from)} -> ${refer(to)}`)
  const next = back.length > 0 ? [`to the next step: ${back.join(', ')}`] : []
  return [...table(['node', 'computes', 'shape', 'where'], rows), ...next]
}

function programLines({ program, totals }: ProgramGraph): string[] {
  const rows: string[][] = []
  const add = (items: readonly ProgramItem[], depth: number) => {
    for (const item of items) {
      const indent = '  '.repeat(depth)
      if ('body' in item) {
        rows.push([item.section, cut(indent + branchText(item, ' .. '), 100)])
        add(item.body, depth + 1)
      } else rows.push(callRow(item, indent))
    }
  }
  add(program, 0)
  const { sections } = totals
  const share = (['forward', 'backward', 'update'] as const).map(
    (name) => `${name} ${rate(sections[name].flops)}`,
  )
  return [
    'PROGRAM OF ONE TRAINING STEP',
    ...table(['part', 'call', 'kernel', 'shapes', 'times>', 'FLOP>', 'bytes>'], rows),
    `${totals.calls.toLocaleString('en')} calls, ${rate(totals.flops)} FLOP (${share.join(', ')}), ${size(totals.bytes)} moved`,
  ]
}

const callRow = (call: ProgramCall, indent: string): string[] => [
  call.section,
  cut(indent + call.title, 60),
  call.kernel === 'ew' && call.ops.length > 1 ? `ew, ${call.ops.length} ops` : call.kernel,
  `${shape(call.outs[0]!)}${call.kernel === 'gemm' ? ` = ${call.ins.slice(0, 2).map(shape).join(' @ ')}` : ''}`,
  call.times.toLocaleString('en'),
  call.flops > 0 ? rate(call.flops) : '',
  size(call.bytes),
]

function memoryLines({ memory }: ProgramGraph): string[] {
  const rows = memory.parts.map((p) => [
    p.title,
    size(p.bytes),
    p.held > 0 ? size(p.held) : '-',
    cut(p.items.map((i) => i.name).join(', '), 60),
  ])
  const others = memory.others.map((o) => [o.name, size(o.bytes), o.held > 0 ? size(o.held) : '-'])
  return [
    'MEMORY',
    ...table(['part', 'alone>', 'counted>', 'of it'], rows),
    `${size(memory.bytes)} (${memory.bytes.toLocaleString('en')} bytes) for a step of training; sharing saves ${size(memory.shared)}.`,
    '',
    ...table(['besides', 'alone>', 'counted>'], others),
    `${size(memory.whole)} (${memory.whole.toLocaleString('en')} bytes) in all.`,
  ]
}

const colors: Record<StepNode['kind'], string> = {
  input: 'lightsteelblue', weight: 'wheat', state: 'palegreen', product: 'lightsalmon', pointwise: 'white', reduction: 'thistle', window: 'gray90', constant: 'white',
} // prettier-ignore

/** The steps as a Graphviz digraph; hoisted nodes are outside of the step's box. */
export function dotOf({ steps }: ProgramGraph): string {
  const text = (s: string) => `"${s.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const lines = steps.flatMap((step, s) => {
    const id = (n: number) => `s${s}n${n}`
    const draw = (n: StepNode) =>
      `${id(n.id)} [label=${text(`${n.name ? `${n.name}: ` : ''}${leaves.has(n.kind) ? '' : `${n.op} `}${shape(n.shape)}`)}, fillcolor=${colors[n.kind]}]`
    const inside = step.nodes.filter((n) => n.place !== 'before' && n.kind !== 'weight' && n.kind !== 'input')
    const outside = step.nodes.filter((n) => !inside.includes(n))
    return [
      `  subgraph cluster_${s} { label=${text(`${step.name}, ${step.steps} steps`)}; ${inside.map(draw).join('; ')} }`,
      ...outside.map((n) => `  ${draw(n)}`),
      ...step.edges.map((e) => `  ${id(e.from)} -> ${id(e.to)}`),
      ...step.feedback.map((e) => `  ${id(e.from)} -> ${id(e.to)} [style=dashed, constraint=false]`),
    ]
  })
  return ['digraph step {', '  rankdir=LR; node [shape=box, style="rounded,filled"]', ...lines, '}', ''].join(
    '\n',
  )
}
