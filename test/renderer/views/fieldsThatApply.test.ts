// Fields that say nothing about a task are not in its form, and an option menu tells what the chosen option means.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { helpOf, fullHelp } from '../../../src-main/contract/fields.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { catalog, planRun } from '../../../src-main/engine/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import {
  allFields,
  configOf,
  defaultValues,
  fieldGroups,
  fitted,
  shownFields,
  valuesOf,
  withTask,
  type FormValues,
} from '@/forms/values.ts'

const all = catalog()
const memory = (problem: string) => ({ task: 'memory-problem', data: { problem, length: 4 } })
const train = { batch: 4 }
const kinds: Record<string, Record<string, unknown>> = {
  text: { task: 'language-model' },
  dropped: { task: 'language-model', regularization: { dropout: 0.1 } },
  series: { task: 'symbol-series', model: { input: 'onehot' } },
  online: { task: 'symbol-series', model: { input: 'onehot' }, train: { bptt: 'online', window: 3 } },
  addition: { task: 'binary-addition', train },
  image: { task: 'pixel-model', data: { size: 8 }, model: { cell: 'md-lstm' }, train },
  adding: { ...memory('adding'), train },
  copy: { ...memory('copy'), train },
  reverse: { ...memory('reverse'), train },
  labelled: { task: 'sequence-classification', train },
  tagged: { task: 'sequence-labelling', train },
  pairs: { task: 'sequence-to-sequence', train },
}
const lines: Record<string, string> = {
  examples: 'a\tone two\nb\tthree four\n'.repeat(40),
  tagged: 'one/A two/B\n'.repeat(80),
  text: 'abc def '.repeat(2000),
}
const textOf = (kind: string) =>
  kind === 'text' || kind === 'dropped'
    ? lines['text']!
    : kind === 'tagged'
      ? lines['tagged']!
      : lines['examples']!

/** Fields that are refused or read nowhere in these kinds, with a value other than their default. */
const rows: [path: string, value: unknown, hiddenIn: string[], shownIn: string[]][] = [
  ['train.stopWhenSolved', false, ['text', 'addition', 'image', 'adding', 'labelled'], ['series']],
  ['train.window', 7, ['series', 'addition', 'image', 'adding', 'labelled'], ['text']],
  ['forcing.mode', 'free', ['series', 'addition', 'image', 'adding', 'copy', 'labelled', 'tagged'], ['text', 'reverse', 'pairs']],
  ['model.bidirectional', true, ['text', 'image'], ['adding', 'labelled', 'addition']],
  ['model.subsample', 2, ['text', 'series', 'addition', 'image', 'copy', 'tagged'], ['adding', 'reverse', 'labelled', 'pairs']],
  ['model.pooling', 'mean', ['text', 'series', 'addition', 'image', 'copy', 'reverse', 'tagged', 'pairs'], ['adding', 'labelled']],
  ['model.input', 'onehot', ['addition', 'adding'], ['text', 'series', 'image', 'copy', 'labelled']],
  ['regularization.recurrentDropout', 0.5, ['image', 'online'], ['text', 'adding', 'series']],
  ['train.bptt', 'windows', ['addition', 'image', 'adding', 'labelled', 'pairs'], ['text', 'series']],
  ['train.batch', 3, ['series', 'online'], ['text', 'adding']],
  ['optimizer.name', 'adam', ['online'], ['text', 'series', 'addition']],
  ['optimizer.clipNorm', 1, ['online'], ['text', 'series']],
  ['optimizer.clipValue', 1, ['online'], ['series']],
  ['optimizer.gradientNoise', 0.1, ['online'], ['series']],
  ['optimizer.weightDecay', 0.1, ['online'], ['series']],
  ['regularization.dropout', 0.1, ['online'], ['series', 'image']],
  ['regularization.zoneout', 0.1, ['online', 'image'], ['series']],
  ['optimizer.beta1', 0.5, ['online'], ['text', 'series']],
  ['regularization.dropoutLinks', 'layers', ['online', 'text', 'series'], ['dropped']],
  ['regularization.dropoutMask', 'variational', ['online', 'text', 'series'], ['dropped']],
  ['regularization.dropoutGrowth', 1, ['online', 'text', 'series'], ['dropped']],
  ['model.layers', 2, ['online'], ['text', 'series']],
  ['optimizer.lr', 0.5, [], ['online']],
  ['model.hiddenReadout', 4, ['image'], ['text']],
  ['train.buckets', 2, ['text', 'series', 'addition', 'image'], ['labelled', 'reverse']],
  ['train.classWeights', 'balanced', ['series', 'addition', 'image', 'adding'], ['text', 'labelled']],
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
      const groups = fieldGroups(all, values)
      return shownFields(allFields(groups), groups, values).some((field) => field.path === path)
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
    const series = withTask(all, { ...defaultValues(all), 'regularization.dropout': 0.2 }, 'symbol-series')
    const online = { ...series, 'train.bptt': 'online' }
    const { train, model, optimizer, regularization } = sent(online)
    expect(train).toMatchObject({ bptt: 'online', batch: 1 })
    expect(optimizer).toMatchObject({ name: 'sgd', clipNorm: 0 })
    expect(regularization.dropout).toBe(0)
    expect(() => planRun({ ...sent(online), seed: 1 }, '', referenceExecutor(), 2 ** 30)).not.toThrow()
    expect(model.layers).toBe(1)
    const whole = sent(series)
    expect(whole.train.bptt).toBe('full')
    expect(whole.optimizer).toMatchObject({ name: 'adam', clipNorm: 1 })
    expect(whole.regularization.dropout).toBe(0.2)
    const text = sent(withTask(all, online, 'language-model'))
    expect(text.train).toMatchObject({ bptt: 'online', batch: 32 })
    expect(text.optimizer.name).toBe('adam')
  })
  it('is not in its menu', () => {
    const left = (id: string) => {
      const values = fitted(all, withTask(all, defaultValues(all), id))
      const groups = fieldGroups(all, values)
      return shownFields(groups.training.train, groups, values).find(({ path }) => path === 'train.bptt')!
        .choices
    }
    expect(left('symbol-series')).toEqual(['full', 'online'])
    expect(left('language-model')).not.toContain('full')
  })
  it('stands there where nobody chose it, and nowhere against what was chosen', () => {
    expect(parseConfig({ task: 'symbol-series' }).train).toMatchObject({ bptt: 'full', batch: 1 })
    expect(parseConfig({ task: 'symbol-series', train: { batch: 3 } }).train.batch).toBe(3)
  })
})

describe('the help of options', () => {
  const fields = [
    ...all.tasks.flatMap(({ fields }) => fields),
    ...all.fields.model,
    ...all.fields.train,
    ...all.cells.flatMap((cell) => cell.fields),
  ]
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
    for (const value of bptt.choices!) expect(fullHelp(bptt)).toContain(`${value}: `)
  })
})
