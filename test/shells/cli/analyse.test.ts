// `unroll analyse` in the terminal: units across runs, predicates by runs, dynamics and projections.
import { describe, expect, it } from 'vitest'
import { analysedRuns } from './analysedRuns.ts'

const unroll = analysedRuns()

describe('analyse match', () => {
  it('matches the units of two runs over the validation text of the first', async () => {
    const { exit, objects } = await unroll('match', 'first', 'second', '--signal', 'h', '--json')
    expect(exit).toBe(0)
    const { units, means, otherStep } = objects[0] as {
      units: { layer: number; unit: number; best: { layer: number } }[]
      means: { best: number }
      otherStep: number
    }
    expect(new Set(units.map(({ layer, unit }) => `${layer}:${unit}`)).size).toBe(12)
    expect(units.map(({ layer }) => layer).sort()).toEqual([...Array(8).fill(1), ...Array(4).fill(2)])
    expect([units[0]!.best.layer, otherStep]).toEqual([1, 6])
    expect(means.best).toBeGreaterThan(0)
    const { out } = await unroll('match', 'first', 'second', '--top', '3')
    expect(out).toMatch(/mean \|correlation\|: best 0\.\d+, one-to-one 0\.\d+, rotated 0\.\d+/)
    expect(out.trim().split('\n')).toHaveLength(2 + 1 + 3)
  })

  it('matches two checkpoints of one run', async () => {
    const { objects } = await unroll('match', 'first', 'first', '--other-step', '4', '--step', '6', '--json')
    expect(objects[0]).toMatchObject({ step: 6, otherStep: 4 })
    const { units } = objects[0] as { units: { unit: number; best: { unit: number; correlation: number } }[] }
    expect(units.every(({ best }) => Math.abs(best.correlation) > 0.9)).toBe(true)
  })

  it('refuses a run without text, an unknown run and a signal that only one run has', async () => {
    expect((await unroll('match', 'first', 'sums')).err).toMatch(/no text|reads numbers/)
    expect((await unroll('match', 'first', 'nobody')).err).toMatch(/nobody: no run/)
    expect((await unroll('match', 'first', 'second', '--signal', 'c')).err).toMatch(/has no "c"/)
    expect((await unroll('match', 'first', 'second', '--other-step', '5')).err).toMatch(
      /other: step: no checkpoint of step 5/,
    )
  })
})

describe('analyse lyapunov', () => {
  it('prints the exponents over the validation text, or of one symbol', async () => {
    const { exit, objects } = await unroll(
      'lyapunov',
      'first',
      '--steps',
      '120',
      '--exponents',
      '4',
      '--json',
    )
    expect(exit).toBe(0)
    expect(objects[0]).toMatchObject({ counted: 70, stateSize: 24, symbol: null })
    expect((objects[0] as { exponents: number[] }).exponents.every((value) => value < 0)).toBe(true)
    const { out } = await unroll('lyapunov', 'second', '--symbol', 'a', '--exponents', '2')
    expect(out).toMatch(/largest exponent -\d.* nats per symbol, so a small change fades to 1\/e in/)
    expect(out.trim().split('\n')).toHaveLength(2 + 1 + 2)
  })

  it('refuses a text beside a symbol, and an unknown symbol', async () => {
    expect((await unroll('lyapunov', 'first', '--symbol', 'a', '--text', 'a')).err).toMatch(
      /--text: no text is read/,
    )
    expect((await unroll('lyapunov', 'first', '--symbol', 'Ж')).err).toMatch(
      /"Ж" is not a symbol|never seen "Ж"/,
    )
  })
})

describe('analyse fixed-points', () => {
  it('prints the points with their eigenvalues and the nearest text', async () => {
    const flags = ['--symbol', 'a', '--starts', '8', '--length', '100', '--iterations', '50']
    const { exit, objects } = await unroll('fixed-points', 'second', ...flags, '--json')
    expect(exit).toBe(0)
    const { points, tokens } = objects[0] as {
      points: { re: number[]; unstable: number; nearest: { position: number }[] }[]
      tokens: string[]
    }
    expect(points.length).toBeGreaterThan(0)
    expect([points[0]!.re.length, points[0]!.nearest.length, tokens.length]).toEqual([6, 5, 100])
    const { out } = await unroll('fixed-points', 'second', ...flags)
    expect(out).toMatch(/^reading "a" for ever at step 6: \d+ fixed points?, \d+ stable/)
    expect(out).toMatch(/stable +-?0\.\d+/)
  })

  it('refuses a symbol that is not in the vocabulary', async () => {
    expect((await unroll('fixed-points', 'second', '--symbol', 'Ж')).err).toMatch(
      /symbol: "Ж" is not a symbol/,
    )
  })
})

describe('dynamics of a run that reads numbers', () => {
  it('has fixed points at zero or given inputs, with outputs and the nearest held-out steps', async () => {
    const flags = ['--starts', '4', '--length', '40', '--iterations', '50']
    const { exit, out } = await unroll('fixed-points', 'sums', ...flags)
    expect(exit).toBe(0)
    expect(out).toMatch(/^reading 0, 0 for ever at step 3: \d+ fixed points?, \d+ stable/)
    expect(out).toMatch(/outputs +nearest step/)
    expect(out).toMatch(/ sequence \d, step \d/)
    const { objects } = await unroll('fixed-points', 'sums', ...flags, '--inputs', '-1,0.5', '--json')
    expect(objects[0]).toMatchObject({ symbol: null, inputs: [-1, 0.5], tokens: [] })
  })

  it('has Lyapunov exponents over held-out steps or at given inputs', async () => {
    const { out } = await unroll('lyapunov', 'sums', '--steps', '120')
    expect(out).toMatch(/^70 steps counted at step 3; the state has 4 values/)
    expect(out).toMatch(/nats per step, so a small change fades to 1\/e in \S+ steps/)
    const { objects } = await unroll('lyapunov', 'sums', '--inputs', '1,0', '--json')
    expect(objects[0]).toMatchObject({ counted: 550, inputs: [1, 0] })
  })

  it('refuses a text, a symbol, faulty inputs, and inputs of a run that reads symbols', async () => {
    const err = async (...args: string[]) => (await unroll(...args)).err
    expect(await err('fixed-points', 'sums', '--text', 'a')).toMatch(/text: this run reads numbers/)
    expect(await err('lyapunov', 'sums', '--offset', '5')).toMatch(/offset: this run reads numbers/)
    expect(await err('lyapunov', 'sums', '--symbol', '1')).toMatch(
      /symbol: this run reads 2 numbers per step/,
    )
    expect(await err('fixed-points', 'sums', '--inputs', '1')).toMatch(/inputs: 1 numbers, .* 2 per step/)
    expect(await err('fixed-points', 'sums', '--inputs', '1,,')).toMatch(/Expected numbers with commas/)
    expect(await err('fixed-points', 'first', '--inputs', '1')).toMatch(/inputs: this run reads symbols/)
    expect(await err('automaton', 'sums')).toMatch(/reads numbers/)
  })
})

describe('analyse automaton', () => {
  it('prints a line per number of clusters, and the machine that was chosen', async () => {
    const flags = ['--max-clusters', '5', '--threshold', '0.02', '--length', '200']
    const { exit, objects } = await unroll('automaton', 'second', ...flags, '--json')
    expect(exit).toBe(0)
    const { counts, states, clusters, clusterOf } = objects[0] as Record<
      'counts' | 'states' | 'clusterOf',
      unknown[]
    > & { clusters: number }
    expect([counts.length, states.length, clusterOf.length]).toEqual([4, clusters, 200])
    const { out } = await unroll('automaton', 'second', ...flags)
    expect(out).toMatch(/clusters are the fewest with fidelity 0\.99|no machine reaches fidelity 0\.99/)
    expect(out.trim().split('\n')).toHaveLength(1 + 4 + 1 + 1 + clusters)
  })

  it('refuses a layer that is not there', async () => {
    expect((await unroll('automaton', 'second', '--layer', '2')).err).toMatch(/--layer: 2/)
  })
})

describe('analyse project', () => {
  it('lists the places of states with their classes, and JSON has them as columns', async () => {
    const { exit, objects } = await unroll('project', 'first', '--points', '40', '--length', '300', '--json')
    expect(exit).toBe(0)
    const { x, y, names, explained } = objects[0] as Record<'x' | 'y' | 'names' | 'explained', unknown[]>
    expect([x.length, y.length, names.length, explained.length]).toEqual([40, 40, 40, 2])
    const flags = ['--source', 'embeddings', '--method', 'tsne', '--colour', 'vowel']
    const { out } = await unroll('project', 'first', ...flags)
    expect(out).toMatch(/^\d+ embeddings by tsne at step 6\n/)
    expect(out).toMatch(/ holds +"a"\n/)
  })

  it('refuses a method that is not there and a faulty predicate', async () => {
    expect((await unroll('project', 'first', '--method', 'mds')).err).toMatch(
      /Allowed choices are pca, tsne, umap/,
    )
    expect((await unroll('project', 'first', '--colour', 'vowl')).err).toMatch(/vowel/)
  })
})

describe('analyse matrix', () => {
  it('has a column per run and a row per predicate', async () => {
    const flags = ['--find', 'quote', '--find', 'column', '--find', 'digit', '--signal', 'h']
    const { exit, out } = await unroll('matrix', 'first', 'second', ...flags)
    expect(exit).toBe(0)
    const lines = out.trim().split('\n')
    expect(lines[0]).toMatch(/^predicate +first +second$/)
    expect(lines[1]).toMatch(/^quote +0\.\d+ [+-]L\d\.h\[\d\] +0\.\d+ [+-]L1\.h\[\d\]/)
    expect(lines[2]).toMatch(/^column +r 0\.\d+/)
    expect(lines[3]).toMatch(/^digit +never holds +never holds/)
  })

  it('refuses a run that reads no text', async () => {
    expect((await unroll('matrix', 'first', 'sums')).err).toMatch(/no text|reads numbers/)
  })
})
