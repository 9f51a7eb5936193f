// The optimisations of a compiled training step, in sentences. Every number is counted in the graphs before and after, or in the program.
import type {
  Finding,
  ProgramCall,
  ProgramGuard,
  ProgramItem,
  ProgramLoop,
  Section,
  StepGraph,
} from '../../contract/programGraph.ts'
import { largest } from '../../contract/longLists.ts'
import type { Block } from '../compile/block.ts'
import type { Compilation } from '../compile/compile.ts'
import { isWindow } from '../compile/schedule.ts'
import { topological, type Node } from '../graph/node.ts'
import { nameOf } from '../graph/names.ts'
import { innerOf } from './memory.ts'
import { insideNodes } from './walk.ts'
import type { Wording } from './wording.ts'

const shapeText = (shape: readonly number[]) => shape.join('×')
const plural = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

interface ReportContext {
  sectionOf: (node: Node) => Section
  word: Wording
  loopName: (scanned: Node) => string
}

/** The findings of one compilation, in the order in which they are shown. */
export function findingsOf(
  compilation: Compilation,
  steps: readonly StepGraph[],
  program: readonly ProgramItem[],
  { sectionOf, word, loopName }: ReportContext,
): Finding[] {
  const outer = topological(compilation.rewritten)
  const scans = outer.filter((node) => node.op === 'scan')
  return [
    ...steps.flatMap(hoisted),
    ...steps.flatMap(lookUps),
    ...sunk(outer, scans, sectionOf),
    ...fusedChains(program),
    ...skippedProducts(program),
    ...fusedAdditions(compilation.block, scans, word, loopName),
    ...freeViews(compilation.block, scans),
    ...saved(scans, { sectionOf, word, loopName }),
    ...packed(compilation.block, word),
  ]
}

/** Products of a step that are computed before the loop. */
function hoisted(step: StepGraph): Finding[] {
  return step.nodes
    .filter((n) => n.place === 'before' && n.kind === 'product' && n.op !== 'gather')
    .map((n) => {
      const from = step.edges
        .filter((e) => e.to === n.id)
        .map((e) => step.nodes.find((m) => m.id === e.from)!)
      const names = from
        .map((m) => m.name)
        .filter(Boolean)
        .join(' @ ')
      const [rows, ...rest] = n.shape as [number, ...number[]]
      if (step.rows > 1)
        return {
          kind: 'hoisted',
          text: `${step.name}: ${names || n.op} leaves the inner loop: one product for a row or the whole picture instead of one for every place.`,
        }
      return {
        kind: 'hoisted',
        text: `${step.name}: ${names || n.op} leaves the loop: ${step.steps} products of ${shapeText(n.shape)} became one of ${shapeText([step.steps * rows, ...rest])}.`,
      }
    })
}

/** Products with one-hot rows. */
function lookUps(step: StepGraph): Finding[] {
  return step.nodes
    .filter((n) => n.op === 'gather' && n.kind === 'product')
    .map((n) => {
      const from = step.edges
        .filter((e) => e.to === n.id)
        .map((e) => step.nodes.find((m) => m.id === e.from)!)
      const names = from
        .map((m) => m.name)
        .filter(Boolean)
        .join(' @ ')
      return {
        kind: 'smaller',
        text: `${step.name}: ${names} reads rows of a table by symbol: with one-hot rows the product is a look-up.`,
      }
    })
}

/** Gradients of weights that are one product over all steps, after the loop. */
function sunk(outer: readonly Node[], scans: readonly Node[], sectionOf: (node: Node) => Section): Finding[] {
  const longest = Math.max(0, largest(scans.map((s) => s.attrs.body!.length)))
  return outer.flatMap((node): Finding[] => {
    if (node.op !== 'matmul' || sectionOf(node) !== 'backward') return []
    const scan = scans.find((s) => sectionOf(s) === 'backward' && reads(node, s))
    if (!scan) return []
    const steps = scan.attrs.body!.length
    const [m, n] = node.shape.slice(-2) as [number, number]
    const k = node.inputs[0]!.shape.at(-1)!
    const name = nameOf(node) || partOf(node, outer)
    const folded = k % steps === 0 && k >= steps && node.shape.length === 2
    if (!folded || steps < 2 || longest < 2) return []
    return [
      {
        kind: 'late',
        text: `${name || 'a gradient'} is one product behind the loop, ${m}×${k} @ ${k}×${n}, instead of ${steps} of ${m}×${k / steps} @ ${k / steps}×${n} that are added up.`,
      },
    ]
  })
}

/** `a part of d WEIGHT` for a product that is joined with others into a gradient. */
function partOf(node: Node, outer: readonly Node[]): string {
  const whole = outer.find((n) => n.op === 'concat' && n.inputs.includes(node) && nameOf(n))
  return whole ? `a part of ${nameOf(whole)}` : ''
}

/** True if a product reads a result of this loop, directly or through windows. */
function reads(node: Node, scanned: Node): boolean {
  return node.inputs.some((n) => {
    let at = n
    while (isWindow(at)) at = at.inputs[0]!
    return at.op === 'out' && at.inputs[0] === scanned
  })
}

/** Elementwise chains of the loops that share a call. */
function fusedChains(program: readonly ProgramItem[]): Finding[] {
  const loops = program.filter((item): item is ProgramLoop => item.kernel === 'loop')
  return loops.flatMap((loop): Finding[] => {
    const calls = callsIn(loop.body).filter((call) => call.ops.length > 0)
    const count = calls.reduce((n, call) => n + call.ops.length, 0)
    if (count === calls.length) return []
    const longest = calls.reduce((a, b) => (b.ops.length > a.ops.length ? b : a))
    const chain = `${longest.ops.length} over ${shapeText(longest.outs[0]!)}: ${longest.ops.join(' ')}`
    const how =
      calls.length === 1 ? `share one call, ${chain}` : `are ${calls.length} calls; the longest does ${chain}`
    return [{ kind: 'fused', text: `${loop.title}: ${count} elementwise operations ${how}.` }]
  })
}

const callsIn = (items: readonly ProgramItem[]): ProgramCall[] =>
  items.flatMap((item) => ('body' in item ? callsIn(item.body) : [item]))

/** Products inside guards. */
function skippedProducts(program: readonly ProgramItem[]): Finding[] {
  return program.flatMap((loop): Finding[] => {
    if (!('body' in loop)) return []
    const guards = loop.body.filter((item): item is ProgramGuard => item.kernel === 'guard' && 'open' in item)
    const products = callsIn(guards).filter((call) => call.kernel === 'gemm')
    if (products.length === 0) return []
    const when = [...new Set(guards.map((g) => g.title))].slice(0, 4).join(', ')
    return [
      {
        kind: 'skipped',
        text: `${loop.title}: ${plural(products.length, 'product')} skipped at steps where no row needs the result, which are those where this is 0: ${when}.`,
      },
    ]
  })
}

/** Additions fused into products. */
function fusedAdditions(
  block: Block,
  scans: readonly Node[],
  word: Wording,
  loopName: ReportContext['loopName'],
): Finding[] {
  const blocks: [string, Block | undefined][] = [
    ['outside of loops', block],
    ...scans.map((s): [string, Block | undefined] => [loopName(s), innerOf(block, s)]),
  ]
  return blocks.flatMap(([where, one]): Finding[] => {
    const groups = new Set(one ? [...one.origin.values()].filter((group) => group.addend) : [])
    if (groups.size === 0) return []
    const what = [...groups].map((group) => word(group.addend!, 1))
    const shown = [...new Set(what)].slice(0, 3).join(', ')
    return [
      {
        kind: 'absorbed',
        text: `${where}: ${plural(groups.size, 'addition')} made by the product before: ${shown}.`,
      },
    ]
  })
}

/** Slices, transposes, reshapes and broadcasts that need no call, and concatenations that are written in place. */
function freeViews(block: Block, scans: readonly Node[]): Finding[] {
  const count = (nodes: readonly Node[]) => nodes.filter(isWindow).length
  const inside = scans.reduce((n, s) => n + count(insideNodes(s)), 0)
  const blocks = [block, ...block.loops]
  const joined = blocks.flatMap((one) => {
    const placedIn = [...one.views].filter(([node]) => node.op === 'concat')
    return placedIn.map(([node]) => {
      const copies = [...one.origin].filter(([, group]) => group.nodes[0] === node).length
      return { parts: node.inputs.length, copies }
    })
  })
  const parts = joined.reduce((n, j) => n + j.parts, 0)
  const copies = joined.reduce((n, j) => n + j.copies, 0)
  return [
    ...(inside > 0 ? [{ kind: 'free' as const, text: `${inside} slices, transposes and broadcasts in the steps are only other views of memory: no calls.` }] : []),
    ...(parts > 0 ? [{ kind: 'free' as const, text: `${plural(parts, 'part')} of ${plural(joined.length, 'concatenation')}: ${parts - copies} written in place, ${copies} copied or filled.` }] : []),
  ] // prettier-ignore
}

/** Values that the forward loops save for the backward ones. */
function saved(scans: readonly Node[], { sectionOf, word, loopName }: ReportContext): Finding[] {
  return scans.flatMap((s): Finding[] => {
    const { ys, length } = s.attrs.body!
    if (sectionOf(s) !== 'forward' || ys.length === 0) return []
    const names = [...new Set(ys.map((y) => word(y, 1)))].sort()
    return [
      {
        kind: 'saved',
        text: `${loopName(s)}: ${plural(names.length, 'value')} kept for each of ${length} steps: ${names.join(', ')}.`,
      },
    ]
  })
}

/** Weights that are packed before their loops. */
function packed(block: Block, word: Wording): Finding[] {
  const names = [...block.packs.keys()].map((node) => word(node))
  if (names.length === 0) return []
  return [
    {
      kind: 'packed',
      text: `Packed once before their loops, in the layout of the kernels: ${names.join(', ')}.`,
    },
  ]
}
