// Fields that say nothing about a kind of data are not in its form, and an option menu tells what the chosen option means.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../../src-main/contract/config.ts'
import { helpOf, wholeHelp } from '../../../src-main/contract/fields.ts'
import { parseConfig } from '../../../src-main/contract/validate.ts'
import { catalog, planRun } from '../../../src-main/engine/index.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { allFields, fieldGroups, isShown, valuesOf } from '@/forms/values.ts'

const all = catalog()
const memory = (problem: string) => ({ kind: 'memory', problem, length: 4 })
const full = { bptt: 'full', batch: 4 }
const kinds: Record<string, Record<string, object>> = {
  text: { data: { kind: 'text' } },
  series: { data: { kind: 'series' }, model: { input: 'onehot' }, train: { ...full, batch: 1 } },
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
      const values = valuesOf(all, kinds[kind]!)
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
