// What a configuration costs and why it is refused, before anything is allocated; the catalogue and its presets.
import { fullHelp } from '../../src-main/contract/fields.ts'
import { describe, expect, it } from 'vitest'
import { datasetOf, type RunConfig, type RunConfigInput } from '../../src-main/contract/config.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { taskRow } from '../../src-main/engine/tasks/index.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { builtinText, catalog, checkCellOptions, openTraining, planRun } from '../../src-main/engine/index.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'

const executor = referenceExecutor()
const gigabyte = 2 ** 30
const configOf = (given: RunConfigInput): RunConfig => parseConfig({ seed: 1, ...given }) as RunConfig
const plan = (given: RunConfigInput, text = 'abcdefghij'.repeat(200), available = gigabyte) =>
  planRun(configOf(given), text, executor, available)

function refusal(run: () => unknown): { code: string; message: string; path: string | undefined } {
  try {
    run()
  } catch (error) {
    if (error instanceof UnrollError)
      return { code: error.code, message: error.message, path: error.details?.path }
    throw error
  }
  throw new Error('was accepted')
}

describe('a plan', () => {
  it('counts parameters, steps and symbols', () => {
    const p = plan({
      model: { cell: 'lstm', hidden: 16, embedding: 8 },
      train: { window: 10, batch: 4, steps: 0, epochs: 2 },
    })
    // embedding 10*8, gates 4*16*(8+16) + 2*4*16, readout 10*16 + 10
    expect(p.parameters).toBe(80 + 1536 + 128 + 170)
    expect(p).toMatchObject({
      vocabulary: 10,
      symbols: { train: 1800, validation: 200 },
      stepsPerEpoch: 44,
      totalSteps: 88,
      symbolsPerStep: 40,
      warnings: [],
    })
  })

  it('knows the memory exactly: what a run then takes', () => {
    const given: RunConfigInput = {
      model: { cell: 'gru', hidden: 12, layers: 2 },
      train: { window: 9, batch: 3, steps: 1 },
      optimizer: { name: 'momentum' },
    }
    const text = 'some text to read '.repeat(20)
    const training = openTraining({ config: configOf(given), text }, executor)
    expect(plan(given, text).memoryBytes).toBe(training.memoryBytes)
    expect(training.memoryBytes).toBeGreaterThan(training.parameters * 3 * 8)
  })

  it.each<[string, string, RunConfigInput, string, RegExp]>([
    ['an empty text', 'E_DATA_EMPTY', {}, '', /empty/],
    ['a text shorter than one window, both numbers named', 'E_DATA_SHORT', { train: { window: 64, batch: 1 }, data: { kind: 'text', validation: 0 } }, 'abcdefghij', /has 10 symbols.*at least 65/],
    ['a batch of more streams than there is text', 'E_CONFIG_DATA', { train: { window: 50, batch: 41 } }, 'ab'.repeat(1000), /41 streams.*2051 symbols.*1800.*at most 35/],
    ['more windows at once than there are', 'E_CONFIG_DATA', { train: { bptt: 'windows', window: 10, batch: 200 }, data: { kind: 'text', validation: 0 } }, 'ab'.repeat(50), /200.*90 windows/],
    ['whole sequences of a text', 'E_CONFIG_DATA', { train: { bptt: 'full' } }, 'abc'.repeat(99), /"truncated", "online" or "windows"/],
    ['windows of a series', 'E_CONFIG_DATA', { data: { kind: 'series' }, train: { bptt: 'windows', batch: 1 } }, '', /"full" or "online"/],
    ['many series at once', 'E_CONFIG_DATA', { data: { kind: 'series' }, train: { bptt: 'full', batch: 2 } }, '', /there is one series; take 1/],
    ['Adam under the online rule', 'E_CONFIG_DATA', { data: { kind: 'series' }, train: { bptt: 'online', batch: 1 }, optimizer: { clipNorm: 0, name: 'adam' } }, '', /sgd/],
    ['clipping under the online rule', 'E_CONFIG_DATA', { data: { kind: 'series' }, train: { bptt: 'online', batch: 1 }, optimizer: { name: 'sgd', clipNorm: 1 } }, '', /no gradient to clip; take 0/],
    ['layers under the online rule', 'E_CONFIG_DATA', { data: { kind: 'series' }, model: { layers: 2 }, train: { bptt: 'online', batch: 1 }, optimizer: { name: 'sgd', clipNorm: 0 } }, '', /one layer/],
    ['truncated sums', 'E_CONFIG_DATA', { data: { kind: 'addition' }, train: { bptt: 'truncated' } }, '', /take "full"/],
    ['normalising over a batch of one', 'E_CONFIG_DATA', { model: { cell: 'bn-lstm' }, train: { batch: 1 } }, 'abc'.repeat(99), /at least 2/],
    ['an unknown cell', 'E_CONFIG_UNKNOWN', { model: { cell: 'lstn' } }, 'abc', /did you mean lstm/],
    ['an unknown option of a cell', 'E_CONFIG_UNKNOWN', { model: { options: { forgetbias: 1 } } }, 'abc', /did you mean forgetBias/],
    ['an option out of range', 'E_CONFIG_RANGE', { model: { options: { forgetBias: 99 } } }, 'abc', /model\.options\.forgetBias/],
    ['an option that is text', 'E_CONFIG_RANGE', { model: { options: { forgetBias: '1' } } }, 'abc', /model\.options\.forgetBias/],
  ])('refuses %s', (_, code, given, text, message) => {
    const refused = refusal(() => plan(given, text))
    expect(refused).toMatchObject({ code, message: expect.stringMatching(message) as string })
    if (code.startsWith('E_CONFIG')) expect(refused.path).toMatch(/^(data|model|train|optimizer|schedule|regularization|forcing|logging|runtime)\./)
  }) // prettier-ignore

  it.each([
    ['far too large', { model: { hidden: 16384 }, train: { window: 4096, batch: 4096 } }],
    ['too large by a little', { model: { hidden: 512 }, train: { window: 400, batch: 64 } }],
  ])(
    'refuses what is %s as E_MODEL_TOO_LARGE with both sizes, at once and without taking memory',
    (_, given) => {
      const text = 'abcdefghij'.repeat(1_000_000)
      const before = process.memoryUsage().arrayBuffers
      const refused = refusal(() => plan(given, text))
      expect(refused).toMatchObject({
        code: 'E_MODEL_TOO_LARGE',
        message: expect.stringMatching(
          /needs .*(MiB|GiB|TiB), more than 1 GiB of free memory\. Lower/,
        ) as string,
      })
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(gigabyte / 4)
    },
  )

  it('names the one limit that applies, in the plan and in the refusal', () => {
    const text = 'abcdefghij'.repeat(1000)
    const limit = 2 ** 31 * executor.bytesPerElement
    const inGib = `the ${limit / gigabyte} GiB that one training can use`
    expect(plan({}, text, 2 ** 40)).toMatchObject({ availableBytes: limit, limit: inGib })
    expect(plan({}, text, 3 * gigabyte)).toMatchObject({
      availableBytes: 3 * gigabyte,
      limit: '3 GiB of free memory',
    })
    const refused = refusal(() => plan({ model: { hidden: 16384, layers: 16 } }, text, 2 ** 40))
    expect(refused.message).toContain(`more than ${inGib}.`)
    expect(refused.message).not.toMatch(/bytes|available/)
  })

  it('refuses the record of the gradient through time by its own name where only that does not fit', () => {
    const text = 'abcdefghij'.repeat(1000)
    const at = (gradientEvery: number, available?: number) =>
      plan({ model: { cell: 'rnn', hidden: 64 }, logging: { gradientEvery: gradientEvery } }, text, available)
    const [without, whole] = [at(0).memoryBytes, at(500).memoryBytes]
    expect(whole).toBeGreaterThan(without)
    const between = (without + whole) / 2
    expect(at(0, between).memoryBytes).toBe(without)
    expect(refusal(() => at(500, between))).toMatchObject({
      code: 'E_MODEL_TOO_LARGE',
      path: 'logging.gradientEvery',
      message: expect.stringMatching(/^logging\.gradientEvery: .* Set it to 0\.$/) as string,
    })
    expect(refusal(() => at(500, without / 2)).path).toBe('model.hidden')
  })

  it('says when there is no validation and when there is nothing to learn', () => {
    const paths = plan({ train: { window: 4, batch: 1 } }, 'abcdefgh').warnings.map(({ path }) => path)
    expect(paths).toEqual(['data.dataset', 'data.validation'])
    expect(plan({ train: { window: 4, batch: 1 } }, 'a'.repeat(100)).warnings[0]!.message).toMatch(
      /one symbol/,
    )
  })

  it('says when spectral radii are too dear to be recorded', () => {
    const paths = (hidden: number) =>
      plan({
        model: { cell: 'rnn', hidden },
        train: { batch: 1, window: 8 },
        logging: { gradientEvery: 100 },
      }).warnings.map(({ path }) => path)
    expect(paths(16)).not.toContain('logging.gradientEvery')
    expect(paths(1024)).toContain('logging.gradientEvery')
  })

  it('fills in the defaults of a cell', () => {
    const config = configOf({ model: { cell: 'gru' } })
    checkCellOptions(config)
    expect(config.model.options).toEqual({ reset: 'after', update: 'keeps' })
  })
})

describe('the catalogue', () => {
  const { cells, presets, fields } = catalog()

  it.each(presets.map((p) => [p.id, p] as const))(
    'preset %s can be planned and names itself',
    (id, preset) => {
      expect(preset.config.preset).toBe(id)
      const { data, task } = parseConfig(preset.config)
      const dataset = datasetOf(data) ?? ''
      const running = 'It was a bright cold day in April. '.repeat(1000)
      const lines = 'good\tIt was a bright cold day.\nbad\tIt rained.\n'.repeat(200)
      const { format } = taskRow(task)
      const music = '60+64 60~ 62\n'.repeat(200)
      const ofFormat = format?.id === 'music' ? music : lines
      const text = builtinText(dataset) ?? (format ? ofFormat : running)
      expect(planRun(configOf(preset.config), text, executor, 4 * gigabyte).warnings).toEqual([])
    },
  )

  it('says of every cell what it is, where it comes from and what can be seen in it', () => {
    expect(cells.map((c) => c.id)).toEqual([
      'lstm',
      'gru',
      'rnn',
      'elman',
      'jordan',
      'feedforward',
      'irnn',
      'leaky',
      'peephole',
      'lstm-variant',
      'mi-rnn',
      'mi-lstm',
      'mi-gru',
      'layernorm-lstm',
      'bn-lstm',
      'bn-rnn',
      'clockwork',
      'qrnn',
      'hm-lstm',
      'hm-rnn',
      'md-lstm',
      'mdrnn',
    ])
    for (const cell of cells) {
      expect(cell.signals.some((s) => s.id === 'h')).toBe(true)
      expect(cell.paper).toMatch(/\d{4}/)
      for (const field of cell.fields) expect(field.path).toMatch(/^model\.options\./)
      for (const field of cell.fields) expect(fullHelp(field).length).toBeGreaterThan(10)
    }
    expect(cells.find((c) => c.id === 'lstm')!.fields).toMatchObject([
      { path: 'model.options.forgetBias', default: 1, min: -10, max: 10 },
    ])
  })

  it('has fields for every group of the form', () => {
    expect(fields.optimizer.map((f) => f.path)).toContain('optimizer.lr')
    expect(fields.model.map((f) => f.path)).toContain('model.hidden')
    for (const { id, fields } of catalog().tasks) expect(fields.length, id).toBeGreaterThan(0)
  })
})
