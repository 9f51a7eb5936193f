// The form's values against the real schemas: what the form would send is what the app accepts and means the same.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src-main/engine/config.ts'
import { settingText } from '../../src-main/contract/settingText.ts'
import {
  changedFrom,
  configOf,
  defaultValues,
  fieldGroups,
  localIssues,
  rangeText,
  sliderOf,
  valuesOf,
  allFields,
  shownFields,
  withTask,
  type FormValues,
} from '../../src-renderer/forms/values.ts'
import { positionOf } from '../../src-renderer/ui/scale.ts'
import { fakeCatalog as catalog, fakeRun } from '../standIn/data.ts'

describe('form values', () => {
  it('defaults send a configuration that equals the schema defaults', () => {
    const { options: _options, ...model } = parseConfig({}).model
    const sent = parseConfig(configOf(catalog, defaultValues(catalog)))
    expect(sent.train).toEqual(parseConfig({}).train)
    expect(sent.data).toEqual(parseConfig({}).data)
    expect(sent.model).toMatchObject(model)
  })
  it.each(catalog.presets)('preset $id means the same through the form', ({ id, config }) => {
    const direct = parseConfig(config)
    const sent = parseConfig(configOf(catalog, valuesOf(catalog, { ...config, preset: id })))
    expect(sent.data).toEqual(direct.data)
    expect(sent.preset).toBe(id)
    const values = valuesOf(catalog, config)
    const groups = fieldGroups(catalog, values)
    for (const field of shownFields(allFields(groups), groups, values)) {
      if (field.path.startsWith('model.options.')) continue
      const at = (from: unknown) =>
        field.path.split('.').reduce<unknown>((level, key) => (level as Record<string, unknown>)?.[key], from)
      expect(at(sent), field.path).toEqual(at(direct))
    }
  })
  it('clones any stored run without a change that training would see', () => {
    for (let n = 0; n < 40; n++) {
      const { config } = fakeRun(n, 1e12)
      const sent = parseConfig(configOf(catalog, valuesOf(catalog, config)))
      expect(sent.data).toEqual(config.data)
      expect(sent.train).toEqual(config.train)
      expect(sent.seed).toBe(config.seed)
    }
  })
  it('sends no field of another task or another cell', () => {
    const values = { ...defaultValues(catalog), task: 'binary-addition', 'model.cell': 'gru' }
    const sent = configOf(catalog, values)
    expect([sent['task'], sent['data']]).toEqual(['binary-addition', { bits: 8 }])
    expect(sent['model']).toMatchObject({ cell: 'gru', options: { reset: 'after' } })
    expect(JSON.stringify(sent)).not.toContain('forgetBias')
  })
  it('leaves hidden fields to their defaults', () => {
    const values = { ...defaultValues(catalog), 'optimizer.name': 'sgd', 'optimizer.beta1': 0.5 }
    expect(configOf(catalog, values)['optimizer']).not.toHaveProperty('beta1')
    expect(configOf(catalog, { ...values, 'optimizer.name': 'adam' })['optimizer']).toHaveProperty(
      'beta1',
      0.5,
    )
  })
  it('hides what depends on a hidden field, and sends it no more', () => {
    const groups = fieldGroups(catalog, defaultValues(catalog))
    const shown = (values: FormValues) =>
      shownFields(allFields(groups), groups, values).map(({ path }) => path)
    const stairs = { ...defaultValues(catalog), 'schedule.name': 'step', 'schedule.decayEvery': 7 }
    expect(shown(stairs)).toEqual(
      expect.arrayContaining(['schedule.name', 'schedule.decay', 'schedule.decayEvery']),
    )
    // Hessian-free optimisation has no schedule, so a decay chosen before has none to act on.
    const without = { ...stairs, 'optimizer.name': 'hessianfree' }
    expect(shown(without).filter((path) => /schedule|decay|warmup/.test(path))).toEqual([])
    expect(configOf(catalog, without)).not.toHaveProperty('schedule')
    expect(localIssues(catalog, { ...without, 'schedule.decayEvery': null })).toEqual([])
  })
  it('tells what was changed since a preset, and leaves it with another task', () => {
    const preset = catalog.presets[0]!
    const values = valuesOf(catalog, { ...preset.config, preset: preset.id })
    expect(changedFrom(catalog, values, preset.config)).toEqual([])
    const changed = { ...values, 'model.hidden': 7, name: 'mine', seed: 4 }
    expect(changedFrom(catalog, changed, preset.config)).toEqual(['model.hidden'])
    // What another cell has and lacks counts as well.
    expect(changedFrom(catalog, { ...values, 'model.cell': 'gru' }, preset.config)).toEqual(
      expect.arrayContaining(['model.cell', 'model.options.forgetBias', 'model.options.reset']),
    )
    expect(withTask(catalog, values, 'binary-addition')['preset']).toBe('')
  })
  it('never draws the record of cell options as a field', () =>
    expect(fieldGroups(catalog, defaultValues(catalog)).model.map((field) => field.path)).not.toContain(
      'model.options',
    ))
  it('names fields without a number, but only those that are shown', () => {
    const values = { ...defaultValues(catalog), 'optimizer.lr': '0,003', 'optimizer.rho': 'x', seed: '1,5' }
    expect(localIssues(catalog, values)).toEqual([
      { path: 'seed', message: '"1,5": write a point before the decimals: 1.5' },
      { path: 'optimizer.lr', message: '"0,003": write a point before the decimals: 0.003' },
    ])
    expect(configOf(catalog, values)['train']).not.toHaveProperty('lr')
  })
  it('sends a wrong number as it is, so that the app names the fault at its path', () => {
    const sent = configOf(catalog, { ...defaultValues(catalog), 'model.hidden': 99_999 })
    expect(() => parseConfig(sent)).toThrowError(
      expect.objectContaining({ details: expect.objectContaining({ path: 'model.hidden' }) }),
    )
  })
})

describe('sliders', () => {
  const fields = [
    ...allFields(fieldGroups(catalog, defaultValues(catalog))),
    ...catalog.tasks.find(({ id }) => id === 'binary-addition')!.fields,
  ]
  it('have a span that holds the default and lies in the allowed range', () => {
    let count = 0
    for (const field of fields) {
      const span = sliderOf(field)
      if (!span || typeof field.default !== 'number') continue
      count++
      expect(span.min, field.path).toBeLessThanOrEqual(field.default)
      expect(span.max, field.path).toBeGreaterThanOrEqual(field.default)
      expect(span.min).toBeGreaterThanOrEqual(field.min!)
      expect(span.max).toBeLessThanOrEqual(field.max!)
      if (field.aboveMin) expect(span.min).toBeGreaterThan(field.min!)
    }
    expect(count).toBeGreaterThan(8)
  })
  it('put a learning rate in the middle of its span', () => {
    const field = fields.find((one) => one.path === 'optimizer.lr')!
    const span = sliderOf(field)!
    expect(positionOf(0.003, { ...span, integer: false })).toBeCloseTo(0.5, 1)
  })
  it('say the range in words', () => {
    const text = (path: string) =>
      rangeText(
        fields.find((one) => one.path === path)!,
        settingText,
      )
    expect(text('model.hidden')).toBe('1 to 16384')
    expect(text('optimizer.lr')).toBe('above 0 to 100')
  })
})
