// Validation of a forecast: the loss and squared error of scaled numbers, errors in the unit of the data, the share of truths inside the
// interval, and the baselines beside them.
import { abs, exp, ge, input, mean, mul, square, sub, sum } from '../../graph/ops.ts'
import type { Node } from '../../graph/node.ts'
import type { LossName } from '../../nn/losses.ts'
import type { Evaluation } from '../../training/task.ts'
import { inputsFor, writeExamples } from '../examples/feed.ts'
import { metricsOf, sumsOf } from '../examples/loss.ts'
import { traceExamples, type ExampleNetwork } from '../examples/network.ts'
import { asNumbers, intervalOf, pointForecast } from '../examples/numbers.ts'
import { baselineMetrics } from './baselines.ts'
import type { ForecastData } from './data.ts'
import type { ForecastSource } from './source.ts'

const maxColumns = 128

/** The evaluation on the held-out examples, of which there is at least one. */
export function forecastEvaluation(
  network: ExampleNetwork,
  loss: LossName,
  source: ForecastSource,
  data: ForecastData,
): Evaluation {
  const { problem, heldOut, series, transform } = source
  const { output } = problem
  const { count } = output
  const columns = Math.min(heldOut.length, maxColumns)
  const width = series.columns.length
  const columnOf = (i: number) => series.targets[i % series.targets.length]!
  const isLog = data.transform === 'log'
  const part = (run: number) => heldOut.slice(run * columns, (run + 1) * columns)
  const baselines = baselineMetrics(source, data)

  /** Errors (B, count) in the unit of the data: of logarithms y (1 - exp(d)), where d is the error of the logarithm. */
  function errorsInUnits(errors: Node): Node {
    const unscaled = mul(errors, input('deviations', [count]))
    return isLog ? mul(input('truths', [columns, count]), sub(1, exp(unscaled))) : unscaled
  }

  return {
    runs: Math.ceil(heldOut.length / columns),
    graph(weights) {
      const inputs = inputsFor(problem, problem.maxLength, columns)
      const { logits } = traceExamples(network, problem, weights, inputs, false)
      const { answers, given } = inputs.targets
      const truth = asNumbers(output, answers)
      const errors = errorsInUnits(sub(pointForecast(loss, output, logits), truth))
      const total = (numbers: Node) => sum(mul(mean(numbers, [1]), given))
      const interval = intervalOf(loss, output, logits)
      return {
        outputs: {
          ...sumsOf(loss, problem, logits, inputs.targets, undefined, undefined),
          absolute: total(abs(errors)),
          squared: total(square(errors)),
          ...(interval && {
            covered: total(mul(ge(truth, interval.lower), ge(interval.upper, truth))),
          }),
        },
        carry: [],
      }
    },
    feed(executable, run) {
      const examples = part(run)
      writeExamples(executable, problem, examples)
      executable.write(
        'deviations',
        Float64Array.from({ length: count }, (_, i) => transform.columns[columnOf(i)]!.deviation),
      )
      if (!isLog) return
      const truths = new Float64Array(columns * count)
      examples.forEach(({ origin }, b) => {
        for (let i = 0; i < count; i++) {
          const t = origin + Math.floor(i / series.targets.length)
          truths[b * count + i] = series.values[t * width + columnOf(i)]!
        }
      })
      executable.write('truths', truths)
    },
    metrics(sums) {
      const { absolute, squared, covered, ...shared } = sums as Record<
        'count' | 'absolute' | 'squared',
        number
      > & {
        covered?: number
      }
      return {
        ...metricsOf(problem)(shared),
        'val/mae': absolute / shared.count,
        'val/rmse': Math.sqrt(squared / shared.count),
        ...(covered !== undefined && { 'val/coverage': covered / shared.count }),
        ...baselines,
      }
    },
  }
}
