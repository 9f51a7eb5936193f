// Kinds of data that share names of fields (a text, a validation share) do not hand their values to each other; titles of runs on examples.
import { describe, expect, it } from 'vitest'
import { dataText } from '../../src-main/contract/task.ts'
import { parseConfig } from '../../src-main/contract/validate.ts'
import { catalog as real } from '../../src-main/engine/index.ts'
import { configOf, defaultValues, valuesOf, withKind } from '../../src-renderer/forms/values.ts'
import { ownText } from '../../src-renderer/views/neurons/look.ts'

const catalog = real()
const kinds = Object.keys(catalog.fields.data)

describe('kinds of data in the form', () => {
  it.each(kinds)('%s: chosen anew, it sends its own defaults', (kind) => {
    const whole = kind !== 'text'
    for (const before of kinds) {
      const values = withKind(catalog, withKind(catalog, defaultValues(catalog), before), kind)
      const sent = parseConfig(configOf(catalog, values))
      expect(sent.data).toEqual(parseConfig({ data: { kind } as never }).data)
      expect(sent.train.bptt).toBe(whole ? 'full' : 'truncated')
    }
  })
  it('what was set of the fields that all kinds share stays', () => {
    const values = withKind(
      catalog,
      { ...defaultValues(catalog), 'model.hidden': 7, 'train.bptt': 'windows' },
      'text',
    )
    expect(values['model.hidden']).toBe(7)
    expect(values['train.bptt']).toBe('windows')
  })
  it.each(catalog.presets.map((preset) => [preset.id, preset] as const))(
    'preset %s means the same',
    (_, { config }) => {
      const { data, model, train } = parseConfig(configOf(catalog, valuesOf(catalog, config)))
      const { options: _sent, ...sent } = model
      const { options: _given, ...given } = parseConfig(config).model
      expect({ data, model: sent, train }).toEqual({ data: parseConfig(config).data, model: given, train: parseConfig(config).train }) // prettier-ignore
    },
  )
})

it.each([
  [{ kind: 'memory', problem: 'copy', length: 5, delay: 9 }, 'copy 5 after 9', /^abcde/],
  [{ kind: 'memory', problem: 'reber' }, 'reber', /^B[TP]/],
  [{ kind: 'memory', problem: 'adding', length: 99 }, 'adding 99', /^$/],
  [{ kind: 'examples', dataset: 'mine', format: 'pairs' }, 'mine (pairs)', /^$/],
] as const)('a run on %j is called %s', (data, title, text) => {
  const config = parseConfig({ data })
  expect(dataText(config)).toBe(title)
  expect(ownText(config.data)).toMatch(text)
})
