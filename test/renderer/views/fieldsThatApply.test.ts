// Fields that say nothing about a kind of data are not in its form, and an option menu tells what the chosen option means.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { helpOf, wholeHelp } from '../../../src-main/contract/fields.ts'
import { valuesLeft } from '../../../src-main/contract/limits.ts'
import { parseConfig } from '../../../src-main/contract/validate.ts'
import { catalog, planRun } from '../../../src-main/engine/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import {
  allFields,
  configOf,
  defaultValues,
  fieldGroups,
  fitted,
  isShown,
  valuesOf,
  withKind,
  type FormValues,
} from '@/forms/values.ts'

const all = catalog()
const memory = (problem: string) => ({ kind: 'memory', problem, length: 4 })
const full = { bptt: 'full', batch: 4 }
const kinds: Record<string, Record<string, object>> = {
  text: { data: { kind: 'text' } },
  dropped: { data: { kind: 'text' }, train: { dropout: 0.1 } },
  series: { data: { kind: 'series' }, model: { input: 'onehot' }, train: { ...full, batch: 1 } },
  online: { data: { kind: 'series' }, model: { input: 'onehot' }, train: { bptt: 'online' } },
  addition: { data: { kind: 'addition' }, train: full },
  image: { data: { kind: 'image', size: 8 }, model: { cell: 'md-lstm' }, train: full },
  adding: { data: memory('adding'), train: full },
  copy: { data: memory('copy'), train: full },
  reverse: { data: memory('reverse'), train: full },
  labelled: { data: { kind: 'examples' }, train: full },
  tagged: { data: { kind: 'examples', dataset: 'sentences', format: 'tagged' }, train: full },
  pairs: { data: { kind: 'examples', dataset: 'numerals', format: 'pairs' }, train: full },
}
const lines: Record<string, string> = {
  examples: 'a\tone two\nb\tthree four\n'.repeat(40),
  tagged: 'one/A two/B\n'.repeat(80),
  text: 'abc def '.repeat(2000),
}
const textOf = (kind: string) => (kind === 'text' ? lines['text']! : kind === 'tagged' ? lines['tagged']! : lines['examples']!) // prettier-ignore

/** Fields that are refused or read nowhere in these kinds, with a value other than their default. */
const rows: [path: string, value: unknown, hiddenIn: string[], shownIn: string[]][] = [
  ['train.stopWhenSolved', false, ['text', 'addition', 'image', 'adding', 'labelled'], ['series']],
  ['train.window', 7, ['series', 'addition', 'image', 'adding', 'labelled'], ['text']],
  ['train.forcing', 'free', ['series', 'addition', 'image', 'adding', 'copy', 'labelled', 'tagged'], ['text', 'reverse', 'pairs']],
  ['model.bidirectional', true, ['text', 'image'], ['adding', 'labelled', 'addition']],
  ['model.subsample', 2, ['text', 'series', 'addition', 'image', 'copy', 'tagged'], ['adding', 'reverse', 'labelled', 'pairs']],
  ['model.pooling', 'mean', ['text', 'series', 'addition', 'image', 'copy', 'reverse', 'tagged', 'pairs'], ['adding', 'labelled']],
  ['model.input', 'onehot', ['addition', 'adding'], ['text', 'series', 'image', 'copy', 'labelled']],
  ['train.batch', 2, ['series', 'online'], ['text', 'addition', 'image', 'adding', 'labelled']],
  ['train.bptt', 'windows', ['addition', 'image', 'adding', 'labelled'], ['text', 'series', 'online']],
  ['train.buckets', 2, ['text', 'series', 'addition', 'image'], ['adding', 'labelled']],
  ['train.labelWeights', 'balanced', ['series', 'addition', 'image', 'adding'], ['text', 'labelled']],
  ['train.optimizer', 'momentum', ['online'], ['text', 'series']],
  ['train.beta1', 0.5, ['online'], ['text', 'series']],
  ['train.clip', 2, ['online'], ['text', 'series']],
  ['train.weightDecay', 0.1, ['online'], ['text', 'series']],
  ['train.zoneout', 0.1, ['online'], ['text', 'series']],
  ['train.dropout', 0.1, ['online'], ['text', 'series']],
  ['train.dropoutLinks', 'layers', ['online', 'text', 'series'], ['dropped']],
  ['train.dropoutMask', 'variational', ['online', 'text', 'series'], ['dropped']],
  ['train.dropoutGrowth', 1, ['online', 'text', 'series'], ['dropped']],
  ['model.layers', 2, ['online'], ['text', 'series']],
  ['train.lr', 0.5, [], ['online']],
  ['train.recurrentDropout', 0.5, ['image'], ['text', 'adding']],
] // prettier-ignore

/** The plan of this kind with one setting changed: what is refused or makes no difference to the network. */
function planned(kind: string, path?: string, value?: unknown): string {
  const config = structuredClone(kinds[kind]!) as Record<string, Record<string, unknown>>
  if (path) {
    const [group, key] = path.split('.') as [string, string]
    config[group] = { ...config[group], [key]: value }
  }
  try {
    const { parameters } = planRun(
      parseConfig({ ...config, seed: 1 }) as RunConfig,
      textOf(kind),
      referenceExecutor(),
      2 ** 30,
    )
    return `${parameters} parameters`
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a field that does not apply', () => {
  it.each(rows)('%s is hidden where it is refused or read nowhere', (path, value, hiddenIn, shownIn) => {
    const isHere = (kind: string) => {
      const values = fitted(all, valuesOf(all, kinds[kind]!))
      const fields = allFields(fieldGroups(all, values))
      return isShown(
        fields.find((field) => field.path === path)!,
        values,
        fields,
      )
    }
    expect(hiddenIn.filter(isHere)).toEqual([])
    expect(shownIn.filter((kind) => !isHere(kind))).toEqual([])
    for (const kind of hiddenIn)
      expect(['E_CONFIG_DATA', planned(kind)], kind).toContain(planned(kind, path, value))
  })
})

describe('a value that cannot be chosen', () => {
  const sent = (values: FormValues) => parseConfig(configOf(all, values))
  it('gives way to what fits, and is back when it can be chosen again', () => {
    const series = withKind(all, { ...defaultValues(all), 'train.dropout': 0.2 }, 'series')
    const online = { ...series, 'train.bptt': 'online' }
    const { train, model } = sent(online)
    expect(train).toMatchObject({ bptt: 'online', batch: 1, optimizer: 'sgd', clip: 0, dropout: 0 })
    expect(() => planRun({ ...sent(online), seed: 1 }, '', referenceExecutor(), 2 ** 30)).not.toThrow()
    expect(model.layers).toBe(1)
    expect(sent(series).train).toMatchObject({ bptt: 'full', optimizer: 'adam', clip: 1, dropout: 0.2 })
    expect(sent(withKind(all, online, 'text')).train).toMatchObject({ bptt: 'online', batch: 32, optimizer: 'adam' }) // prettier-ignore
  })
  it('is not in its menu', () => {
    const bptt = all.fields.train.find(({ path }) => path === 'train.bptt')!
    const left = (kind: string) => valuesLeft(bptt, (path) => (path === 'data.kind' ? kind : undefined))
    expect(left('series')).toEqual(['full', 'online'])
    expect(left('text')).not.toContain('full')
  })
  it('stands there where nobody chose it, and nowhere against what was chosen', () => {
    expect(parseConfig({ data: { kind: 'series' } }).train).toMatchObject({ bptt: 'full', batch: 1 })
    expect(parseConfig({ data: { kind: 'series' }, train: { batch: 3 } }).train.batch).toBe(3)
  })
})

describe('the help of options', () => {
  const fields = [...Object.values(all.fields.data).flat(), ...all.fields.model, ...all.fields.train, ...all.cells.flatMap((cell) => cell.fields)] // prettier-ignore
  it('says what each option of every menu of words means', () => {
    const menus = fields.filter(({ type, choices }) => type === 'choice' && typeof choices![0] === 'string')
    expect(menus.length).toBeGreaterThan(25)
    for (const { path, choices, values } of menus)
      expect(Object.keys(values ?? {}).toSorted(), path).toEqual([...choices!].map(String).toSorted())
  })
  it('tells of the chosen one in the form, and of all in the docs and the terminal', () => {
    const bptt = fields.find(({ path }) => path === 'train.bptt')!
    expect(helpOf(bptt, 'full')).toContain('whole sequences')
    expect(helpOf(bptt, 'full')).not.toContain('online')
    for (const value of bptt.choices!) expect(wholeHelp(bptt)).toContain(`${value}: `)
  })
})
