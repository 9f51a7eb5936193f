// `unroll analyse` in the terminal: what units say of lines and spans, attribution, patching and losses.
import { describe, expect, it } from 'vitest'
import { analysedRuns, text } from './analysedRuns.ts'

const unroll = analysedRuns()

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
