// Forecasts of short trainings: metrics are those of plain loops over the recorded curves, whatever the transform; free runs read their own
// forecasts; scaling is undone exactly; nothing of the held-out part is known to the training.
import { describe, expect, it } from 'vitest'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { curveErrors } from '../../src-main/contract/forecastErrors.ts'
import type { ForecastTable } from '../../src-main/contract/run.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { chooseExecutor, openModel, openTraining, readCheckpoint } from '../../src-main/engine/index.ts'
import { applyToSeries } from '../../src-main/engine/probes/applyToSeries.ts'
import { forecastSource } from '../../src-main/engine/tasks/seriesForecast/source.ts'

const executor = chooseExecutor('auto', 1).executor
const cut = 70
/** 100 months of two columns with a trend and a season. */
const values = Array.from({ length: 100 }, (_, t) => {
  const wave = Math.sin((2 * Math.PI * t) / 12)
  return [Math.exp(0.01 * t) * (20 + 5 * wave), 3 + 0.1 * Math.cos(t)]
})
const textOf = (rows: readonly (readonly number[])[], width: 1 | 2) =>
  `${['sales', 'price'].slice(0, width).join()}\n${rows.map((row) => row.slice(0, width).join()).join('\n')}\n`

function trained(data: object, { loss = 'mse', rows = values, width = 1 as 1 | 2 } = {}) {
  const config = parseConfig({
    seed: 3,
    task: 'series-forecast',
    data: { history: 6, validation: 0.3, ...data },
    model: { cell: 'gru', hidden: 4, layers: 1 },
    train: { bptt: 'full', batch: 8, steps: 12, loss: loss as 'mse' },
    logging: { evalEvery: 12, sampleEvery: 12 },
  }) as RunConfig
  const text = textOf(rows, width)
  const training = openTraining({ config, text }, executor)
  const metrics: Record<string, number> = {}
  let table: ForecastTable | undefined
  for (const event of training.events()) {
    if (event.kind === 'metrics') Object.assign(metrics, event.values)
    if (event.kind === 'sample') table = event.table as ForecastTable
  }
  return { metrics, table: table!, bytes: training.checkpoint() }
}

const transforms = [
  { transform: 'none', difference: 'none' },
  { transform: 'log', difference: 'none' },
  { transform: 'none', difference: 'first' },
  { transform: 'log', difference: 'seasonal' },
]

describe('forecasts', () => {
  it.each(transforms)('have the errors of plain loops: $transform, difference $difference', (data) => {
    const { metrics, table } = trained({ ...data, season: 12 }, { loss: 'quantile' })
    const [curve] = table.curves
    expect(curve!.truth).toHaveLength(100 - cut)
    const truth = curve!.truth as number[]
    const { forecast, persistence, coverage } = curveErrors(curve!)
    const squares = truth.reduce((sum, y, i) => sum + (y - curve!.forecast[i]!) ** 2, 0)
    const seasonal = truth.reduce((sum, y, i) => sum + Math.abs(y - values[cut + i - 12]![0]!), 0)
    const means = truth.reduce((sum, y, i) => {
      const history = values.slice(cut + i - 6, cut + i).map(([value]) => value!)
      return sum + Math.abs(y - history.reduce((a, b) => a + b) / 6)
    }, 0)
    const close = (name: string, value: number) => expect(metrics[name]! / value).toBeCloseTo(1, 3)
    close('val/mae', forecast)
    close('val/rmse', Math.sqrt(squares / truth.length))
    close('val/mae_persistence', persistence)
    close('val/mae_seasonal', seasonal / truth.length)
    close('val/mae_mean', means / truth.length)
    expect(metrics['val/coverage']).toBeCloseTo(coverage!, 6)
  })

  it.each(transforms.slice(0, 3))('run freely on what they predicted: difference $difference', (data) => {
    const first = trained(data).table.curves[0]!
    const { from, values: run } = first.freeRuns[1]!
    expect(run[0]).toBe(first.forecast[from])
    // The network is the same, since the training part is.
    const rows = values.map((row, t) => (t === cut + from ? [run[0]!, row[1]!] : row))
    const second = trained(data, { rows }).table.curves[0]!
    expect(run[1]! / second.forecast[from + 1]!).toBeCloseTo(1, 4)
    expect(run[1]).not.toBe(first.forecast[from + 1])
  })

  it.each(transforms)('undo the transform: $transform, difference $difference', (data) => {
    const config = parseConfig({
      seed: 1,
      task: 'series-forecast',
      data: { ...data, history: 6, horizon: 15, season: 12, validation: 0.3 },
    }) as RunConfig
    const { example, transform, levels } = forecastSource(config, config.data as never, textOf(values, 2))
    const { answer, origin } = example(60)
    const undone = Array.from(answer, (value, i) =>
      transform.fromLevel(transform.unscale(value, levels, origin, i >> 1, i & 1)),
    )
    values
      .slice(60, 75)
      .forEach((row, ahead) => row.forEach((value, c) => expect(undone[2 * ahead + c]).toBeCloseTo(value, 9)))
  })

  it('predict one of two columns, several records ahead, and store what scales them', () => {
    const { table, metrics, bytes } = trained(
      { targets: 'price', horizon: 4 },
      { width: 2, loss: 'gaussian' },
    )
    expect(table).toMatchObject({ horizon: 4, level: 0.8, omitted: 0 })
    expect(table.curves.map(({ name, freeRuns }) => [name, freeRuns])).toEqual([['price', []]])
    expect(table.labels[0]).toBe(String(cut + 4))
    expect(table.curves[0]!.truth[0]).toBeCloseTo(values[cut + 3]![1]!, 5)
    expect(metrics).toHaveProperty('val/coverage')
    const train = values.slice(0, cut).map(([sales]) => sales!)
    const mean = train.reduce((a, b) => a + b) / cut
    expect(readCheckpoint(bytes).columns).toMatchObject([
      { name: 'sales', target: false, mean: expect.closeTo(mean, 9) as number },
      { name: 'price', target: true },
    ])
  })

  it.each(transforms)(
    'are the same from the checkpoint alone: $transform, difference $difference',
    (data) => {
      const { table, bytes } = trained({ ...data, season: 12, horizon: 3 }, { loss: 'gaussian' })
      const curve = table.curves[0]!
      const { from, values: run } = curve.freeRuns[2]!
      const known = values.slice(0, cut + from).map(([sales]) => sales!)
      const model = openModel(bytes, executor)
      const { columns, horizon, level } = applyToSeries(model, { values: known, ahead: 10 })
      expect({ horizon, level }).toEqual({ horizon: 3, level: 0.8 })
      const { forecast, lower, upper } = columns[0]!
      const close = (got: number, wanted: number) => expect(got / wanted).toBeCloseTo(1, 4)
      close(forecast[2]!, curve.forecast[from]!)
      close(lower![2]!, curve.lower![from]!)
      close(upper![2]!, curve.upper![from]!)
      run.slice(0, 8).forEach((value, i) => close(forecast[2 + i]!, value))
      const table12 = applyToSeries(model, { table: `sales\n${known.join('\n')}\n` })
      expect(table12.columns[0]!.forecast).toEqual(forecast.slice(0, 3))
    },
  )

  it('of a new series refuse what they cannot read', () => {
    const model = openModel(trained({ targets: 'price' }, { width: 2 }).bytes, executor)
    const refusal = (input: Parameters<typeof applyToSeries>[1], own = model) => {
      try {
        return applyToSeries(own, input)
      } catch (error) {
        return (error as Error).message
      }
    }
    const table = textOf(values, 2)
    expect(refusal({ values: [1, 2, 3] })).toMatch(/values: the run reads 2 columns: sales, price/)
    expect(refusal({ table, ahead: 2 })).toMatch(/ahead: the run predicts price and reads sales, price/)
    expect(refusal({ table: textOf(values.slice(0, 4), 2) })).toMatch(/table: 4 records, and the run reads 6/)
    expect(refusal({ table: 'sales,cost\n1,2\n3,4\n' })).toMatch(/there is no column "price"; there are/)
    expect(refusal({ table: 'sales,price\n1,2\n3,x\n' })).toMatch(/line 3, column price: "x" is not a number/)
    expect(refusal({})).toMatch(/give either a table or values/)
    const { columns: _, ...older } = model
    expect(refusal({ table }, older)).toMatch(/written before checkpoints held the scaling/)
  })

  it('never train on missing values, and do not count them', () => {
    const rows = values.map(([sales]) => String(sales))
    for (const t of [40, 80, 81]) rows[t] = ''
    const config = (missing: string) =>
      parseConfig({
        seed: 1,
        task: 'series-forecast',
        data: { history: 6, missing, validation: 0.3 },
      }) as RunConfig
    const origins = (missing: string) => {
      const own = config(missing)
      const text = `n,sales\n${rows.map((cell, t) => `${t},${cell}`).join('\n')}\n`
      const { heldOut, count } = forecastSource(own, own.data as never, text)
      return { heldOut: heldOut.map(({ origin }) => origin), count }
    }
    const previous = origins('previous')
    expect(previous.count).toBe(cut - 6 - 1)
    expect(previous.heldOut).not.toContain(80)
    expect(previous.heldOut).toContain(82)
    // A line between values knows the one after the gap, which is the target there.
    expect(origins('linear').heldOut).not.toContain(82)
  })
})
