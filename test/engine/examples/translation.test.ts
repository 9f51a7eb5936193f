// Training translators: scores and baselines of validation, the beam of validation, the other direction, and words that are unknown.
import { describe, expect, it } from 'vitest'
import { configOf, learn, tableOf } from './learnt.ts'

/** 60 pairs "a b" -> "B A" of four words, and a rare word in the last lines. */
const words = ['red', 'cat', 'sat', 'dog']
const line = (i: number) => {
  const [a, b] = [words[i % 4]!, words[Math.floor(i / 4) % 4]!]
  return `${a} ${b}\t${b.toUpperCase()} ${a.toUpperCase()}`
}
const text = [...Array.from({ length: 60 }, (_, i) => line(i)), 'red owl\tOWL RED'].join('\n')

function trained(data: object = {}, logging: object = {}, steps = 120, model: object = {}) {
  const config = configOf({
    task: 'sequence-to-sequence',
    data: { validation: 0.3, vocabulary: 6, ...data },
    model: { cell: 'gru', hidden: 16, embedding: 8, bidirectional: true, attention: 'additive', ...model },
    train: { bptt: 'full', batch: 8, steps },
    optimizer: { lr: 0.02 },
    logging: { evalEvery: steps, sampleEvery: steps, ...logging },
  } as never)
  const { events } = learn(config, text)
  const metrics = events.flatMap((event) => (event.kind === 'metrics' ? [event.values] : []))
  return { metrics: Object.assign({}, ...metrics) as Record<string, number>, table: tableOf(events) }
}

describe('a translator', () => {
  it('is scored beside copying its source and its most frequent output', () => {
    const { metrics, table } = trained()
    // 17 of 18 held-out lines; the last has a word that it has never seen.
    expect(metrics['val/sequence_accuracy']).toBeCloseTo(17 / 18, 6)
    expect(metrics['val/chrf']).toBeGreaterThan(95)
    // Two words have no 4-gram.
    expect(metrics['val/bleu']).toBe(0)
    expect(metrics['val/chrf_copy']).toBe(0)
    expect(metrics['val/chrf_most_frequent']).toBeGreaterThan(10)
    expect(metrics['val/sequence_accuracy_baseline']).toBeLessThan(0.3)
    expect(table.pairs).toBe(true)
    const { alignment, input } = table.rows[0]!
    expect(alignment!.source.join(' ')).toBe(input)
    // Words are exchanged, and so is what is attended to.
    const [first, second] = alignment!.weights
    expect(first![1]! + second![0]!).toBeGreaterThan(first![0]! + second![1]!)
  })

  it('writes no unknown word, and is compared with the words of the text', () => {
    const { table } = trained({ validation: 0.01 }, {}, 20)
    const [row] = table.rows
    expect([row!.input, row!.expected]).toEqual(['red owl', 'OWL RED'])
    expect(row!.predicted).not.toMatch(/unk/)
    expect(row!.right).toBe(false)
  })

  it('has the same exact matches with a beam of 1 as greedily, and is a translator of the other direction, too', () => {
    const greedy = trained({ reverse: true }, {}, 40)
    const beam = trained({ reverse: true }, { beam: 1 }, 40)
    expect(greedy.table.rows[0]!.input).toMatch(/^[A-Z]+ [A-Z]+$/)
    expect(beam.metrics).toMatchObject(
      Object.fromEntries(Object.entries(greedy.metrics).filter(([name]) => name.startsWith('val/'))),
    )
    expect(beam.metrics['val/length_accuracy']).toBeGreaterThan(0)
  })

  it('with subsampling attends to windows of its source', () => {
    const { table } = trained({ unit: 'char' }, {}, 2, { subsample: 2 })
    const [{ alignment, input }] = table.rows as [(typeof table.rows)[0]]
    expect(alignment?.source ?? []).toHaveLength(Math.ceil([...input].length / 2))
  })
})
