// The program of forecasts and its runs: from records that were read, or beyond the horizon from its own forecasts, which are fed back. It works on
// levels; see transform.ts.
import type { ForecastShape } from './shape.ts'
import { input } from '../../graph/ops.ts'
import type { Node } from '../../graph/node.ts'
import type { LossName } from '../../nn/losses.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Executable } from '../../run/executor.ts'
import { traceExamples, type ExampleNetwork } from '../examples/network.ts'
import { intervalOf, pointForecast } from '../examples/numbers.ts'
import type { ForecastData } from './data.ts'
import type { Transform } from './transform.ts'

/** A forecast from one place: (horizon, targets) values in the unit of the data; interval null without a distribution. */
export interface Forecast {
  point: Float64Array
  lower: Float64Array | null
  upper: Float64Array | null
}

export interface Forecaster {
  /** Records that a forecast needs. */
  needs: number
  /** Indices of the columns that are predicted. */
  targets: readonly number[]
  /** Whether forecasts can be fed back: all columns are predicted. */
  runsFree: boolean
  transform: Transform
  /** The outputs of a program of B columns. */
  graph(network: ExampleNetwork, weights: Weights, columns: number): Record<string, Node>
  /** Forecasts from the records before each origin; levels (N, C). */
  forecast(executable: Executable, levels: Float64Array, origins: readonly number[]): Forecast[]
  /**
   * Forecasts of `steps` records from each origin, (steps, targets) in the unit of the data: those beyond the horizon read the ones before.
   * `shorter`: how many records of the horizon are taken before the network reads again; all by default.
   */
  freeRun(
    executable: Executable,
    levels: Float64Array,
    origins: readonly number[],
    steps: number,
    stride?: number,
  ): Float64Array[]
}

/** The forecaster of a configuration's data and columns. Throws E_CONFIG_DATA as transformOf does. */
export function forecasterOf(
  data: ForecastData,
  shape: ForecastShape,
  loss: LossName,
  transform: Transform,
): Forecaster {
  const { history, horizon } = data
  const { columns, lag } = transform
  const width = columns.length
  const targets = columns.flatMap(({ target }, c) => (target ? [c] : []))
  const count = horizon * targets.length
  const readable = { ...shape, unknown: -1 }

  function write(
    executable: Executable,
    histories: readonly { levels: Float64Array; origin: number }[],
  ): void {
    const [, room] = executable.program.slots.get('numbers')!.shape as [number, number, number]
    const numbers = new Float64Array(history * room * width)
    histories.forEach(({ levels, origin }, b) => {
      for (let k = 0; k < history; k++)
        for (let c = 0; c < width; c++)
          numbers[(k * room + b) * width + c] = transform.input(levels, origin - history + k, c)
    })
    executable.write('numbers', numbers)
  }

  /** Runs the program; reads the levels of an output for each history. */
  function run(executable: Executable, histories: readonly { levels: Float64Array; origin: number }[]) {
    write(executable, histories)
    executable.run({ seed: [0, 0], step: 0 })
    return (name: string): Float64Array[] => {
      const values = executable.read(name)
      return histories.map(({ levels, origin }, b) =>
        Float64Array.from({ length: count }, (_, i) => {
          const ahead = Math.floor(i / targets.length)
          return transform.unscale(
            values[b * count + i]!,
            levels,
            origin,
            ahead,
            targets[i % targets.length]!,
          )
        }),
      )
    }
  }

  const roomOf = (executable: Executable): number => executable.program.slots.get('numbers')!.shape[1]!
  const inUnits = (levels: Float64Array) => levels.map(transform.fromLevel)

  return {
    needs: history + lag,
    targets,
    runsFree: targets.length === width,
    transform,
    graph(network, weights, room) {
      const x = input('numbers', [history, room, width])
      const { logits } = traceExamples(network, readable, weights, { x, mask: undefined }, false)
      const interval = intervalOf(loss, shape.output, logits)
      return { point: pointForecast(loss, shape.output, logits), ...interval }
    },
    forecast(executable, levels, origins) {
      const room = roomOf(executable)
      const made: Forecast[] = []
      for (let from = 0; from < origins.length; from += room) {
        const part = origins.slice(from, from + room).map((origin) => ({ levels, origin }))
        const read = run(executable, part)
        const point = read('point')
        const hasInterval = executable.program.slots.has('lower')
        const [lower, upper] = hasInterval ? [read('lower'), read('upper')] : []
        point.forEach((one, i) =>
          made.push({
            point: inUnits(one),
            lower: lower ? inUnits(lower[i]!) : null,
            upper: upper ? inUnits(upper[i]!) : null,
          }),
        )
      }
      return made
    },
    freeRun(executable, levels, origins, steps, stride = horizon) {
      const runs = origins.map((origin) => {
        const own = new Float64Array((history + lag + steps + horizon) * width)
        own.set(levels.subarray((origin - history - lag) * width, origin * width))
        return { levels: own, origin: history + lag }
      })
      for (let done = 0; done < steps; done += stride) {
        const made = run(executable, runs)('point')
        runs.forEach((one, b) => {
          made[b]!.forEach((level, i) => {
            const t = one.origin + Math.floor(i / targets.length)
            one.levels[t * width + targets[i % targets.length]!] = level
          })
          one.origin += stride
        })
      }
      return runs.map(({ levels: own }) =>
        Float64Array.from({ length: steps * targets.length }, (_, i) => {
          const t = history + lag + Math.floor(i / targets.length)
          return transform.fromLevel(own[t * width + targets[i % targets.length]!]!)
        }),
      )
    },
  }
}
