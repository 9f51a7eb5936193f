// Forecasts of a column of numbers: what is read, what is refused, and that a network beats repeating the last value.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { numbersOf, readTable } from '../../src-main/engine/formats/csv.ts'
import { builtinText, catalog, chooseExecutor, openTraining } from '../../src-main/engine/index.ts'
import { forecastSource } from '../../src-main/engine/tasks/seriesForecast/source.ts'

const table = (...lines: string[]) => `${lines.join('\n')}\n`
const column = (text: string, name = '') => [...numbersOf(readTable(text), name)]
function refusal(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (error instanceof UnrollError)
      return { code: error.code, message: error.message, line: error.details?.line }
    throw error
  }
  throw new Error('was accepted')
}

describe('a table', () => {
  it.each([
    ['with names', table('day,temp', '1,2.5', '2,-3'), 'temp', [2.5, -3]],
    [
      'with names in quotes',
      table('"Date","Temp"', '"1981-01-01",20.7', '"1981-01-02",17.9'),
      'Temp',
      [20.7, 17.9],
    ],
    ['without names', table('1,5', '2,6', '3,7'), '2', [5, 6, 7]],
    ['the first column of numbers', table('when;what', 'a;1e3', 'b;.5'), '', [1000, 0.5]],
    ['with tabs and CR LF', 'a\tb\r\n1\t2\r\n3\t4\r\n', 'b', [2, 4]],
    ['with a separator inside quotes', table('name,n', '"a, b",1', '"c ""d""",2'), 'n', [1, 2]],
  ])('%s', (_, text, name, values) => expect(column(text, name)).toEqual(values))

  it.each([
    ['an unknown column', table('day,temp', '1,2'), 'tmp', /no column "tmp"; did you mean temp\?/, undefined],
    ['a word among numbers', table('day,temp', '1,2', '2,cold'), 'temp', /line 3: "cold" is not a number/, 3],
    ['a decimal comma', table('day;temp', '1;2,5', '2;3,5'), 'temp', /line 2: .*write a point before the decimals: 2\.5/, 2],
    ['an empty cell', table('day,temp', '1,2', '2,'), 'temp', /line 3: column temp is empty/, 3],
    ['a short line', table('day,temp', '1,2', '2'), 'temp', /line 3: 1 cells where the first line has 2/, 3],
    ['a quotation mark that is not closed', table('a,b', '1,"2', '3,4'), 'b', /quotation mark is not closed/, 2],
    ['no numbers at all', table('a,b', 'c,d'), '', /no column has numbers/, undefined],
  ])('%s is refused', (_, text, name, message, line) =>
    expect(refusal(() => column(text, name))).toMatchObject({ message: expect.stringMatching(message) as string, line })) // prettier-ignore
})

const configOf = (data: object, train: object = {}) =>
  parseConfig({
    seed: 1,
    task: 'series-forecast',
    data: data as never,
    model: { hidden: 16 },
    train,
  }) as RunConfig

describe('a forecast', () => {
  const ramp = table('v', ...Array.from({ length: 20 }, (_, i) => String(i)))
  const source = (data: object) => {
    const config = configOf(data)
    return forecastSource(config, config.data as never, ramp)
  }

  it('reads the last values of the training part, and validates on all that follow', () => {
    const { lengthSample, heldOut, problem, persistence } = source({ history: 3, validation: 0.25 })
    const shown = [...lengthSample, ...heldOut].map((example) => problem.formatExample!(example))
    expect(lengthSample).toHaveLength(15 - 3)
    expect(shown[0]).toEqual({ input: '… 0 1 2', expected: '3' })
    expect(shown.at(-1)).toEqual({ input: '… 16 17 18', expected: '19' })
    expect(heldOut.map((example) => problem.formatExample!(example).expected)).toEqual([
      '15',
      '16',
      '17',
      '18',
      '19',
    ])
    // A step of 1 in units of the deviation of 0 to 14.
    expect(persistence).toBeCloseTo(1 / ((15 ** 2 - 1) / 12), 10)
  })

  it('refuses a history longer than the training part', () =>
    expect(refusal(() => source({ history: 15, validation: 0.25 }))).toMatchObject({
      code: 'E_DATA_SHORT',
      message: expect.stringMatching(/15 values; 15 and the next one need at least 16/) as string,
    }))

  it('beats repeating the last value on a wave, and shows values in the units of the table', () => {
    const { config } = catalog().presets.find(({ id }) => id === 'waves')!
    const short = parseConfig({
      ...config,
      seed: 1,
      train: { ...config.train, steps: 150 },
      logging: { ...config.logging, evalEvery: 150, sampleEvery: 150 },
    }) as RunConfig
    const training = openTraining(
      { config: short, text: builtinText('waves')! },
      chooseExecutor('auto', 1).executor,
    )
    const values: Record<string, number> = {}
    let rows: { expected: string; predicted: string }[] = []
    for (const event of training.events()) {
      if (event.kind === 'metrics') Object.assign(values, event.values)
      if (event.kind === 'sample' && event.table?.kind === 'examples') rows = event.table.rows
    }
    expect(values['val/mse']).toBeLessThan(0.6 * values['val/persistence_mse']!)
    expect(values).not.toHaveProperty('val/accuracy')
    for (const { predicted } of rows) expect(Number(predicted)).toBeGreaterThan(2)
  })
})
