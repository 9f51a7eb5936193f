// `unroll analyse` over the real app and engine, with one small run on a text and one on a series.
import { beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import { grouped } from '../../options.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { unroll as unrollWith } from './terminal.ts'

const app = sharedRealApp()
/** The app outlives a command line. */
const unroll = (...argv: string[]) =>
  unrollWith(['analyse', ...argv], { app: { ...app(), close: async () => undefined } as unknown as FakeApp })

const text = 'the "cat" saw a dog (or "two") and ran.\n'.repeat(60)
const train = { batch: 4, window: 16, steps: 6, checkpointEvery: 2, logEvery: 1, evalEvery: 3, gradientEvery: 0, sampleEvery: 0 } // prettier-ignore

beforeAll(async () => {
  const bytes = new TextEncoder().encode(text)
  const { id: dataset } = await app().call('data.import', { name: 'quoted.txt', bytes })
  const launch = async (name: string, data: object, model: object, seed: number) => {
    const config = { name, seed, data, model, ...grouped(train) }
    const { id } = await (app() as App).call('runs.launch', { config })
    await hasStatus(app(), id, 'finished')
  }
  await launch('first', { kind: 'text', dataset }, { cell: 'lstm', layers: '8/4' }, 1)
  await launch('second', { kind: 'text', dataset }, { cell: 'gru', hidden: 6 }, 2)
  const labelled = 'good\tthe cat is warm\nbad\ta dog is cold\n'.repeat(30)
  const lines = await app().call('data.import', {
    name: 'labelled.txt',
    bytes: new TextEncoder().encode(labelled),
  })
  const config = {
    name: 'classes',
    seed: 3,
    task: 'sequence-classification',
    data: { dataset: lines.id, unit: 'word' },
    model: { cell: 'lstm', hidden: 6, bidirectional: true, pooling: 'mean' },
    train: { bptt: 'full', batch: 8, steps: 20 },
    optimizer: { lr: 0.05 },
  }
  const { id: classes } = await (app() as App).call('runs.launch', { config } as never)
  await hasStatus(app(), classes, 'finished')
  await launch('sums', { kind: 'addition' }, { cell: 'rnn', hidden: 4 }, 1)
})

describe('analyse classes', () => {
  const labelled = Array.from({ length: 40 }, (_, i) =>
    i % 3 ? 'pos\tthe cat ran.' : 'neg\ta dog saw two.',
  ).join('\n')

  it('tells typed lines of one label from the others', async () => {
    const { exit, objects } = await unroll('classes', 'first', '--text', labelled, '--top', '3', '--json')
    expect(exit).toBe(0)
    expect(objects[0]).toMatchObject({
      label: 'pos',
      labels: [{ label: 'neg', lines: 14 }, { label: 'pos', lines: 26 }],
      signal: 'c',
      counted: 20,
      units: [{ accuracy: 1, auc: 1 }, {}, {}],
      probe: { accuracy: 1 },
    }) // prettier-ignore
    const { out } = await unroll('classes', 'first', '--text', labelled, '--top', '1', '--label', 'neg')
    expect(out).toMatch(
      /14 neg, 26 pos[\s\S]*side of neg: accuracy 0\.65[\s\S]*unit of c[\s\S]*L1 regression/,
    )
  })

  it('says what to do without labels', async () => {
    expect((await unroll('classes', 'first')).err).toMatch(
      /no line has a label. Type lines of a label, a tab/,
    )
    expect((await unroll('classes', 'first', '--text', labelled, '--label', 'nge')).err).toMatch(
      /no line has "nge"; did you mean "neg"/,
    )
  })
})

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

describe('analyse attribute', () => {
  it('lists every symbol before the position, and says when integrated gradients are withheld', async () => {
    const flags = ['--text', 'the "cat" saw', '--at', '10', '--integrate']
    const { exit, objects } = await unroll('attribute', 'first', ...flags, '--json')
    expect(exit).toBe(0)
    expect(objects[0]).toMatchObject({ target: 10, symbol: 's', tokens: [...'the "cat" '] })
    expect((objects[0] as { occlusion: number[] }).occlusion).toHaveLength(10)
    const { out } = await unroll('attribute', 'first', ...flags)
    expect(out).toMatch(
      /^log p\("s"\) = -\d.* nats at position 10, step 6\nintegrated gradients: completeness error/,
    )
    expect(out.trim().split('\n')).toHaveLength(1 + 1 + 4 + 1 + 10)
  })

  it('refuses a position outside the text', async () => {
    expect((await unroll('attribute', 'first', '--text', 'the', '--at', '3')).err).toMatch(
      /at: 3 is not a position of 1\.\.2/,
    )
  })
})

describe('analyse attribute of a classifier', () => {
  it('attributes a text and a compared one with the class of the first', async () => {
    const flags = ['--text', 'the cat is warm', '--compared', 'the cat is cold', '--integrate']
    const { exit, objects } = await unroll('attribute', 'classes', ...flags, '--json')
    expect(exit).toBe(0)
    expect(objects).toMatchObject([
      { label: 'good', symbol: null, target: 4, tokens: ['the', 'cat', 'is', 'warm'], horizon: [] },
      { label: 'good', tokens: ['the', 'cat', 'is', 'cold'] },
    ])
    const [first, second] = objects as { logProbability: number; occlusion: number[] }[]
    expect(first!.logProbability).toBeGreaterThan(second!.logProbability)
    expect(first!.occlusion[3]).toBeGreaterThan(0)
    expect(second!.occlusion[3]).toBeLessThan(0)
    const { out } = await unroll('attribute', 'classes', ...flags)
    expect(out).toMatch(
      /^log p\("good"\) = \S+ nats after 4 symbols, step 20\nclasses: good [\s\S]*left out: the network reads in both[\s\S]*\n\nlog p\("good"\)/,
    )
  })

  it('says what is wrong with classes, positions and runs without classes', async () => {
    const failure = async (...flags: string[]) => (await unroll('attribute', ...flags)).err
    const typed = ['classes', '--text', 'the cat']
    expect(await failure(...typed, '--label', 'godo')).toMatch(/label: "godo" is not a class .*"good"/)
    expect(await failure(...typed, '--at', '1')).toMatch(/at: this run classifies the whole text/)
    const next = ['first', '--text', 'the cat']
    expect(await failure(...next, '--label', 'good')).toMatch(/label: this run predicts the next symbol/)
    expect(await failure(...next, '--compared', 'a')).toMatch(/compared: this run predicts the next symbol/)
    expect(await failure('sums')).toMatch(/reads numbers/)
  })
})

describe('analyse span', () => {
  it('lists the units of a span and their matches, or units by contrast', async () => {
    const flags = ['--span', '5-9', '--text', text.slice(0, 200), '--threshold', '0.01']
    const { exit, objects } = await unroll('span', 'first', ...flags, '--json')
    expect(exit).toBe(0)
    const found = objects[0] as { signal: string; units: { layer: number }[]; matches: { from: number }[] }
    expect(found.signal).toBe('tanh_c')
    expect(found.units.every(({ layer }) => layer === 1 || layer === 2)).toBe(true)
    const { out } = await unroll('span', 'first', ...flags, '--top', '3')
    expect(out).toMatch(/^"cat\\" " at step 6: \d+ signed units of tanh_c are on throughout\n/)
    const { out: contrast } = await unroll('span', 'second', '--span', '5-9', '--length', '200', '--contrast')
    expect(contrast).toMatch(/: the first 12 units by contrast\nlayer +unit +sign +AUC/)
  })

  it('refuses a span that is none, one outside the text, and a threshold beside the contrast', async () => {
    expect((await unroll('span', 'first', '--span', '5')).err).toMatch(
      /--span: "5"; expected the first and the last/,
    )
    expect((await unroll('span', 'first', '--span', '1-5', '--text', 'the')).err).toMatch(
      /to: 5 is past the text/,
    )
    expect((await unroll('span', 'first', '--span', '1-5', '--contrast', '--quantile', '0.8')).err).toMatch(
      /--quantile: with --contrast/,
    )
  })
})

describe('analyse patch', () => {
  const clean = ['--text', 'the "cat" saw']

  it('lists units by their mean recovery over the positions from the first difference on', async () => {
    const flags = [...clean, '--corrupted', 'the  cat" saw', '--signal', 'c', '--layer', '2']
    const { exit, objects } = await unroll('patch', 'first', ...flags, '--json')
    expect(exit).toBe(0)
    expect(objects[0]).toMatchObject({ layer: 2, units: 4, at: [4, 5, 6, 7, 8, 9, 10, 11] })
    const { out } = await unroll('patch', 'first', ...flags)
    expect(out).toMatch(/^log p\("w"\) at step 6: clean -\d.*, corrupted -\d.*, gap -?\d.* nats\n/)
    expect(out.trim().split('\n')).toHaveLength(1 + 1 + 4)
  })

  it('refuses equal texts and texts of two lengths', async () => {
    expect((await unroll('patch', 'first', ...clean, '--corrupted', clean[1]!)).err).toMatch(
      /it is the clean text/,
    )
    expect((await unroll('patch', 'first', ...clean, '--corrupted', 'the')).err).toMatch(/equally long/)
  })
})

describe('analyse losses', () => {
  it('lists losses by class beside an n-gram model of the training text and another run, and what would mend the errors', async () => {
    const flags = ['--by', 'quote', '--ngram', '4', '--length', '200']
    const { exit, objects } = await unroll('losses', 'first', 'second', ...flags, '--json')
    expect(exit).toBe(0)
    const { rows, order, trainingSymbols } = objects[0] as {
      rows: { name: string; ngram: number; other: number; network: number }[]
      order: number
      trainingSymbols: number
    }
    // A tenth of the text is held out.
    expect([order, trainingSymbols]).toEqual([4, Math.round(text.length * 0.9)])
    expect(rows[0]!.ngram).toBeLessThan(rows[0]!.network)
    expect(rows[0]!.other).not.toBe(rows[0]!.network)
    const { out } = await unroll('losses', 'first', ...flags)
    expect(out).toMatch(/4-gram model of \d+ training symbols\n/)
    expect(out).toMatch(/quote: holds[\s\S]*what would mend them[\s\S]*for the n-gram model alone/)
    const { out: typed } = await unroll('losses', 'first', '--text', 'the "cat" saw a dog', '--ngram', '0')
    expect(typed).not.toMatch(/n-gram model of|mend/)
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
