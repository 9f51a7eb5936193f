// Tasks that share names of fields (a text, a validation share) do not hand their values to each other; titles of runs and what their units
// are shown on first.
import { describe, expect, it } from 'vitest'
import { parseConfig, readStored } from '../../src-main/engine/config.ts'
import { catalog as real } from '../../src-main/engine/index.ts'
import { configOf, defaultValues, valuesOf, withTask } from '../../src-renderer/forms/values.ts'

const catalog = real()
const ids = catalog.tasks.map(({ id }) => id)

describe('tasks in the form', () => {
  it.each(ids)('%s: chosen anew, it sends its own defaults', (id) => {
    for (const before of ids) {
      const values = withTask(catalog, withTask(catalog, defaultValues(catalog), before), id)
      const sent = parseConfig(configOf(catalog, values))
      const plain = parseConfig({ task: id })
      expect([sent.task, sent.data, sent.train.bptt, sent.train.batch]).toEqual([
        id,
        plain.data,
        plain.train.bptt,
        plain.train.batch,
      ])
    }
  })
  it('what was set of the fields that all tasks share stays', () => {
    const values = withTask(
      catalog,
      { ...defaultValues(catalog), 'model.hidden': 7, 'train.bptt': 'windows' },
      'language-model',
    )
    expect(values['model.hidden']).toBe(7)
    expect(values['train.bptt']).toBe('windows')
  })
  it.each(catalog.presets.map((preset) => [preset.id, preset] as const))(
    'preset %s means the same',
    (_, { config }) => {
      const { task, data, model, train } = parseConfig(configOf(catalog, valuesOf(catalog, config)))
      const { options: _sent, ...sent } = model
      const whole = parseConfig(config)
      const { options: _given, ...given } = whole.model
      expect({ task, data, model: sent, train }).toEqual({
        task: whole.task,
        data: whole.data,
        model: given,
        train: whole.train,
      })
    },
  )
})

it.each([
  ['memory-problem', { problem: 'copy', length: 5, delay: 9 }, 'copy 5 after 9', /^abcde/],
  ['memory-problem', { problem: 'reber' }, 'reber', /^B[TP]/],
  ['memory-problem', { problem: 'adding', length: 99 }, 'adding 99', /^$/],
  ['sequence-to-sequence', { dataset: 'mine' }, 'mine', /^$/],
  ['language-model', { dataset: 'mine', unit: 'word' }, 'mine (words)', /^$/],
  ['symbol-series', { series: 3 }, 'series 3', /^(22341234)+$/],
  ['pixel-model', { texture: 'blobs', size: 9 }, 'blobs 9x9', /^$/],
] as const)('a run of %s on %j is called %s', (task, data, title, text) => {
  const { task: facts } = readStored({ seed: 1, task, data })
  expect(facts.data).toBe(title)
  expect(facts.exampleInput).toMatch(text)
})
