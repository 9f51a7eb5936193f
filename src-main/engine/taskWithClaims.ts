// The claims of a run's configuration, tested by its training at every validation. Claims that cannot be tested there are left out.
import { claimLength, claimMetric, type ClaimResult } from '../contract/claim.ts'
import type { RunConfig } from '../contract/config.ts'
import { UnrollError } from '../contract/errors.ts'
import type { Text } from './data/source.ts'
import { vocabularyOf } from './data/vocabulary.ts'
import type { Model } from './nn/model.ts'
import { isSequenceNetwork } from './nn/network.ts'
import { weightNodes, within } from './nn/weights.ts'
import { readingOf, taskOf, validationExcerpt, validationLines } from './tasks/index.ts'
import type { ClaimTest, Task } from './training/task.ts'
import { inspectedSequences, type EncodedSequence } from './probes/inspectedSequences.ts'
import { claimMeter } from './probes/claims/claimMeter.ts'

/** The task of a configuration, opened on its data, with its claims. Throws as taskOf does. */
export function taskWithClaims(...[config, text, known]: Parameters<typeof taskOf>): Task {
  const task = taskOf(config, text, known)
  const claims = claimTestOf(config, text, task)
  return claims ? { ...task, claims } : task
}

/** The test of the claims of a configuration; undefined if none can be tested: the task reads no text, or nothing is held out. */
function claimTestOf(config: RunConfig, text: Text, task: Task): ClaimTest | undefined {
  const { encoder }: Model & { encoder?: Model } = task.network
  const network = encoder ?? task.network
  if (!config.claims?.length || !task.evaluation || !isSequenceNetwork(network)) return undefined
  const sequences = heldOutSequences(config, text, task)
  if (!sequences) return undefined
  const meter = claimMeter(network, config.claims, sequences)
  if (meter.untested) return undefined
  const weights = weightNodes(task.network)
  const own = encoder ? within(weights, 'encoder.') : weights
  return {
    program: (kept) => meter.program(own, kept),
    metrics(executable, cancel) {
      const results = meter.measure(executable, cancel)
      return (
        results &&
        metricsOf(results, new Set(config.claims!.filter(({ unit }) => unit === null).map(({ key }) => key)))
      )
    },
  }
}

/** The first held-out symbols; undefined for a task without text, and for symbols that the vocabulary lacks. */
function heldOutSequences(config: RunConfig, text: Text, task: Task): EncodedSequence[] | undefined {
  const lines = validationLines(text, config, claimLength)
  const excerpt = lines ? undefined : validationExcerpt(text, config, 0, claimLength)
  if (!lines && !excerpt) return undefined
  const reading = readingOf(config)
  const symbols = vocabularyOf(reading.unit, [...task.vocabulary], reading)
  try {
    return inspectedSequences(
      { symbols },
      { text: excerpt?.text ?? '', ...(lines && { lines: () => lines }) },
    )
  } catch (error) {
    if (error instanceof UnrollError) return undefined
    throw error
  }
}

/** The AUC of each tested claim, and the unit of those in `best`. */
const metricsOf = (results: readonly ClaimResult[], best: ReadonlySet<string>): Record<string, number> =>
  Object.fromEntries(
    results.flatMap(({ key, auc, unit }): [string, number][] =>
      auc === null
        ? []
        : [
            [claimMetric(key), auc],
            ...(best.has(key) ? [[claimMetric(key, 'unit'), unit!] as [string, number]] : []),
          ],
    ),
  )
