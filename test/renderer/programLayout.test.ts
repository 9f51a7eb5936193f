// The drawn step: nothing overlaps, lines lead from left to right, what left the loop stands before its box. And the words beside it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StepGraph, StepNode } from '../../src-main/contract/programGraph.ts'
import { bent, curve, layoutStep } from '../../src-renderer/views/program/layout.ts'
import { nodeHeight } from '../../src-renderer/views/program/rows.ts'
import { linksOf, unrolledRows } from '../../src-renderer/views/program/unrolled.ts'
import { nodeText, opsText, pillText, pillWidth, treeRows } from '../../src-renderer/views/program/words.ts'
import { fakeGraph } from '../standIn/graph.ts'

/** A step in which every node reads some of those before it, as a cell would: leaves first, then what they make. */
const steps = fc
  .record({
    leaves: fc.integer({ min: 1, max: 5 }),
    made: fc.array(
      fc.record({
        reads: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        early: fc.boolean(),
        kind: fc.constantFrom('product', 'pointwise', 'window'),
      }),
      { minLength: 1, maxLength: 30 },
    ),
  })
  .map(({ leaves, made }): StepGraph => {
    const base = { op: 'x', name: '', shape: [1], call: null }
    const nodes: StepNode[] = Array.from({ length: leaves }, (_, id) => ({
      ...base,
      id,
      kind: (['input', 'state', 'weight'] as const)[id % 3]!,
      place: 'free',
    }))
    const edges: StepGraph['edges'] = []
    for (const { reads, early, kind } of made) {
      const id = nodes.length
      const from = [...new Set(reads.map((r) => r % id))]
      // Only what needs no state and nothing of the loop can leave it.
      const before = early && from.every((r) => nodes[r]!.kind !== 'state' && nodes[r]!.place !== 'step')
      edges.push(...from.map((r) => ({ from: r, to: id })))
      nodes.push({ ...base, id, kind: kind as StepNode['kind'], place: before ? 'before' : 'step' })
    }
    const feedback = leaves > 1 ? [{ from: nodes.length - 1, to: 1 }] : []
    const read = new Set(edges.flatMap((e) => [e.from, e.to]).concat(feedback.flatMap((f) => [f.from, f.to])))
    return { name: 'layers.0', layers: ['layers.0'], steps: 5, rows: 1, reverse: false, nodes: nodes.filter((n) => read.has(n.id)), edges, feedback } // prettier-ignore
  })

describe('the drawing of a step', () => {
  it('has every node once, apart from all others, and lines that lead to the right', () => {
    fc.assert(
      fc.property(steps, (step) => {
        const { nodes, lines, width, height, loop } = layoutStep(step, pillWidth)
        expect(nodes.map((n) => n.node.id).sort()).toEqual(step.nodes.map((n) => n.id).sort())
        for (const [i, a] of nodes.entries()) {
          expect([a.x >= 0, a.y >= 0, a.x + a.width <= width, a.y + nodeHeight <= height]).toEqual([
            true,
            true,
            true,
            true,
          ])
          for (const b of nodes.slice(i + 1)) {
            const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || Math.abs(a.y - b.y) >= nodeHeight
            expect(apart, `${a.node.id} and ${b.node.id}`).toBe(true)
          }
        }
        expect(lines.map(({ from, to }) => `${from} ${to}`)).toEqual(
          step.edges.map(({ from, to }) => `${from} ${to}`),
        )
        for (const { points } of lines) {
          for (let i = 1; i < points.length; i++) expect(points[i]!.x).toBeGreaterThan(points[i - 1]!.x)
        }
        for (const { node, x, width: w } of nodes) {
          const outside = node.place === 'before'
          if (outside) expect(x + w).toBeLessThanOrEqual(loop.width > 0 ? loop.x : Infinity)
          else if (node.kind !== 'input' && node.kind !== 'weight') expect(x).toBeGreaterThanOrEqual(loop.x)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('leads states back below the box to where the next step begins', () => {
    const { feedback, loop, nodes } = layoutStep(fakeGraph.steps[0]!, pillWidth)
    const state = nodes.find((n) => n.node.kind === 'state')!
    const [line] = feedback
    expect(Math.max(...line!.points.map((p) => p.y))).toBeGreaterThan(loop.y + loop.height)
    expect(line!.points.at(-1)).toEqual({ x: state.x, y: state.y + nodeHeight / 2 })
    expect(bent(line!.points)).toMatch(/^M[\d.]+ [\d.]+(L[^Q]+Q[^L]+)+L[\d.]+ [\d.]+$/)
  })

  it('writes curves that pass through their points', () => {
    expect(
      curve([
        { x: 0, y: 5 },
        { x: 10, y: 5 },
        { x: 30, y: 15 },
      ]),
    ).toBe('M0 5C5 5 5 5 10 5C20 5 20 15 30 15')
  })
})

describe('the words beside it', () => {
  const [step] = fakeGraph.steps
  it('say what a node is, where it runs and with whom', () => {
    const say = (id: number) =>
      nodeText(
        step!.nodes.find((n) => n.id === id)!,
        step!,
      )
    expect(say(3)).toBe('matmul (8 × 16), once for all steps, before the loop')
    expect(say(5)).toBe('matmul (8 × 16), in every step, call 0, with 1 other node')
    expect(say(7)).toBe('h = tanh (8 × 16), in every step, call 1, alone')
    expect(say(2)).toBe('weight w_ih (16 × 16)')
    expect(pillText(step!.nodes[3]!)).toBe('@')
    expect(opsText(['mul', 'add', 'mul'])).toBe('mul ×2, add')
  })

  it('say what passes from step to step and what is made for all of them', () => {
    expect(unrolledRows(fakeGraph)).toMatchObject([
      { name: 'embedding', loop: false },
      { name: 'layers.0', carried: ['h'], hoisted: ['x @ w_ih'], loop: true },
      { name: 'layers.1', carried: ['h'], loop: true },
      { name: 'readout', carried: [] },
      { name: 'loss' },
    ])
  })

  it('put directions of a layer side by side: both read what is below, both are read above', () => {
    const names = ['embedding', 'layers.0', 'layers.0.reverse', 'layers.1.down-right', 'layers.1.down-left', 'readout'] // prettier-ignore
    const network = names.map((name) => ({ name, about: '', parameters: 0 }))
    const rows = unrolledRows({ ...fakeGraph, network })
    expect(rows.map((row) => row.level)).toEqual([0, 1, 1, 2, 2, 3, 4])
    const pairs = linksOf(rows).map(({ from, to }) => [rows[from]!.name, rows[to]!.name])
    expect(pairs.slice(0, 2)).toEqual([
      ['embedding', 'layers.0'],
      ['embedding', 'layers.0.reverse'],
    ])
    expect(pairs.filter(([, to]) => to === 'readout').map(([from]) => from)).toEqual([
      'layers.1.down-right',
      'layers.1.down-left',
    ])
    expect(pairs).not.toContainEqual(['layers.0', 'layers.0.reverse'])
    // Lines into one box from one box never lie upon each other.
    for (const { from, to, at } of linksOf(rows))
      expect(linksOf(rows).filter((l) => l.to === to && l.from === from && l.at === at)).toHaveLength(1)
  })

  it('leave out what stands beside the network', () => {
    const judge = { name: 'professor', about: 'tells reading from running free', parameters: 9, beside: true }
    const graph = { ...fakeGraph, network: [...fakeGraph.network, judge] }
    expect(unrolledRows(graph)).toEqual(unrolledRows(fakeGraph))
  })

  it('list the program with its loops opened, or one part of it', () => {
    expect(treeRows(fakeGraph.program, '').map(({ depth }) => depth)).toEqual([
      0, 0, 1, 1, 0, 1, 1, 2, 1, 2, 0,
    ])
    expect(treeRows(fakeGraph.program, 'backward').map(({ item }) => item.title)).toEqual(['layers.0, backward', 'd 0.h', 'tick', 'dz @ w_hh', 'tick', 'fill instead of dz']) // prettier-ignore
  })
})
