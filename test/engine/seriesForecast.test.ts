// Forecasts of a column of numbers: what is read, what is refused, and that a network beats repeating the last value.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { curveErrors } from '../../src-main/contract/forecastErrors.ts'
import type { ForecastCurve } from '../../src-main/contract/run.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { builtinText, catalog, chooseExecutor, openTraining } from '../../src-main/engine/index.ts'
import { baselineMetrics } from '../../src-main/engine/tasks/seriesForecast/baselines.ts'
import { readSeries } from '../../src-main/engine/tasks/seriesForecast/series.ts'
import { forecastSource } from '../../src-main/engine/tasks/seriesForecast/source.ts'

const table = (...lines: string[]) => `${lines.join('\n')}\n`
const series = (text: string, options: object = {}) =>
  readSeries(text, { columns: '', targets: '', date: '', missing: 'refuse', ...options }, 1)
const column = (text: string, columns = '') => [...series(text, { columns }).values]
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
    ['all columns of numbers', table('when;what;n', 'a;1e3;7', 'b;.5;9'), '', [1000, 7, 0.5, 9]],
    ['the first column of numbers', table('when;what;n', 'a;1e3;7', 'b;.5;9'), 'first', [1000, 0.5]],
    ['without a column that counts records', table('n,v', '5,1', '6,3', '7,2'), '', [1, 3, 2]],
    ['two columns by name and number', table('a,b,c', '1,2,3', '4,5,6'), 'c, 1', [3, 1, 6, 4]],
    ['a name with a comma', table('"a, b",c', '1,2', '4,5'), 'a, b', [1, 4]],
    ['with tabs and CR LF', 'a\tb\r\n1\t2\r\n3\t4\r\n', 'b', [2, 4]],
    ['with a separator inside quotes', table('name,n', '"a, b",1', '"c ""d""",2'), 'n', [1, 2]],
  ])('%s', (_, text, name, values) => expect(column(text, name)).toEqual(values))

  it.each([
    ['an unknown column', table('day,temp', '1,2'), 'tmp', /no column "tmp"; did you mean temp\?/, undefined],
    ['a word among numbers', table('day,temp', '1,2', '2,cold'), 'temp', /line 3, column temp: "cold" is not a number/, 3],
    ['a decimal comma', table('day;temp', '1;2,5', '2;3,5'), 'temp', /line 2, column temp: .*write a point before the decimals: 2\.5/, 2],
    ['an empty cell', table('day,temp', '1,2', '2,'), 'temp', /line 3: column temp is empty/, 3],
    ['a short line', table('day,temp', '1,2', '2'), 'temp', /line 3: 1 cells where the first line has 2/, 3],
    ['a quotation mark that is not closed', table('a,b', '1,"2', '3,4'), 'b', /quotation mark is not closed/, 2],
    ['no numbers at all', table('a,b', 'c,d'), '', /no column has numbers/, undefined],
    ['a column given twice', table('a,b', '1,2', '3,4'), 'b,2', /column b is given twice/, undefined],
    ['a name that two columns have', table('a,a', '1,2', '3,4'), 'a', /two columns are named "a"; give the number/, undefined],
  ])('%s is refused', (_, text, name, message, line) =>
    expect(refusal(() => column(text, name))).toMatchObject({ message: expect.stringMatching(message) as string, line })) // prettier-ignore

  it.each([
    ['a target that is not read', { columns: 'a', targets: 'b' }, table('a,b', '1,2', '3,4'), /data.targets: column b is not one of those that are read: a/, undefined],
    ['a date that occurs twice', { date: 'd' }, table('d,v', '2024-01-01,1', '2024-01-02,2', '2024-01-02,3'), /line 4, column d: 2024-01-02 occurs twice/, 4],
    ['a date before the last one', { date: 'd' }, table('d,v', '01.02.2024,1', '31.01.2024,2'), /line 3, column d: 31.01.2024 comes after 01.02.2024/, 3],
    ['a day that no month has', { date: 'd' }, table('d,v', '2024-02-30,1', '2024-03-01,2'), /line 2, column d: "2024-02-30" is not a date/, 2],
  ])('%s is refused', (_, options, text, message, line) =>
    expect(refusal(() => series(text, options))).toMatchObject({ message: expect.stringMatching(message) as string, line })) // prettier-ignore

  it('takes dates as labels, and only warns about their order if nobody named the column', () => {
    const dated = series(table('d,v', '1/13/2024,1', '1/14/2024,2'))
    expect(dated).toMatchObject({ columns: ['v'], labels: ['1/13/2024', '1/14/2024'], warnings: [] })
    const { warnings } = series(table('d,v', '2024-01-02,1', '2024-01-01,2'))
    expect(warnings[0]!.message).toMatch(/line 3, column d: 2024-01-01 comes after/)
  })

  it.each([
    ['previous', [1, 1, 1, 4, 4]],
    ['linear', [1, 2, 3, 4, 4]],
    ['mean', [1, 2.5, 2.5, 4, 2.5]],
  ])('fills missing values by %s, and says how many', (missing, values) => {
    const text = table('d,v', 'a,1', 'b,', 'c,NA', 'd,4', 'e,nan')
    const filled = series(text, { missing })
    expect([...filled.values]).toEqual(values)
    expect([...filled.filled]).toEqual([0, 1, 1, 0, 1])
    expect(filled.warnings[0]!.message).toMatch(/column v: 3 missing values are filled/)
  })
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
    const options = { history: 3, validation: 0.25 }
    const made = source(options)
    const { lengthSample, heldOut, problem } = made
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
    const data = configOf(options).data as never
    expect(baselineMetrics(made, data)['val/persistence_mse']).toBeCloseTo(1 / ((15 ** 2 - 1) / 12), 10)
    expect(baselineMetrics(made, data)).toMatchObject({ 'val/mae_persistence': 1, 'val/mae_mean': 2 })
  })

  it('refuses a history longer than the training part', () =>
    expect(refusal(() => source({ history: 15, validation: 0.25 }))).toMatchObject({
      code: 'E_DATA_SHORT',
      message: expect.stringMatching(
        /15 records; a history of 15 and a horizon of 1 need at least 16/,
      ) as string,
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
    let curve: ForecastCurve | undefined
    for (const event of training.events()) {
      if (event.kind === 'metrics') Object.assign(values, event.values)
      if (event.kind === 'sample' && event.table?.kind === 'forecast') curve = event.table.curves[0]
    }
    expect(values['val/mse']).toBeLessThan(0.6 * values['val/persistence_mse']!)
    expect(values).not.toHaveProperty('val/accuracy')
    expect(values['val/mae']).toBeLessThan(0.8 * values['val/mae_persistence']!)
    const { forecast, persistence } = curveErrors(curve!)
    expect(forecast).toBeLessThan(0.8 * persistence)
    expect(curve!.truth.slice(0, -1)).toEqual(curve!.persistence.slice(1))
  })
})
