// What a training reads with its current weights beside its task: the text of its claims at every validation, and a pinned text. Claims that cannot
// be tested are left out.
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
import { pinnedText, textOfPin } from './probes/claims/pinnedText.ts'

/** The task of a configuration, opened on its data, with its claims. Throws as taskOf does. */
export function taskWithClaims(...[config, text, known]: Parameters<typeof taskOf>): Task {
  const task = taskOf(config, text, known)
  const claims = claimTestOf(config, text, task)
  const pin = pinOf(config, text, task)
  return { ...task, ...(claims && { claims }), ...(pin && { pin }) }
}

/** The inspected network and its weights as nodes: the encoder if there is an encoder and a decoder. */
function inspected({ network }: Task) {
  const { encoder }: Model & { encoder?: Model } = network
  const weights = weightNodes(network)
  return { network: encoder ?? network, weights: encoder ? within(weights, 'encoder.') : weights }
}

/** Opens pinned texts; undefined for a task that reads no symbols. */
function pinOf(config: RunConfig, text: Text, task: Task): Task['pin'] {
  const { network, weights } = inspected(task)
  if (!isSequenceNetwork(network) || network.input.kind === 'dense' || task.vocabulary.length === 0)
    return undefined
  return (pin) => {
    const target = 'claim' in pin ? config.claims?.find(({ key }) => key === pin.claim) : pin
    if (!target)
      throw new UnrollError('E_ARG', 'claim: this run does not test that claim.', { path: 'claim' })
    const heldOut = (length: number) => validationExcerpt(text, config, 0, length)?.text
    const [sequence] = inspectedSequences(symbolsOf(config, task), { text: textOfPin(pin, heldOut) })
    return { text: pinnedText(network, weights, sequence!, target), unit: target.unit }
  }
}

function symbolsOf(config: RunConfig, task: Task) {
  const reading = readingOf(config)
  return { symbols: vocabularyOf(reading.unit, [...task.vocabulary], reading) }
}

/** The test of the claims of a configuration; undefined if none can be tested: the task reads no text, or nothing is held out. */
function claimTestOf(config: RunConfig, text: Text, task: Task): ClaimTest | undefined {
  const { network, weights } = inspected(task)
  if (!config.claims?.length || !task.evaluation || !isSequenceNetwork(network)) return undefined
  const sequences = heldOutSequences(config, text, task)
  if (!sequences) return undefined
  const meter = claimMeter(network, config.claims, sequences)
  if (meter.untested) return undefined
  return {
    program: (kept) => meter.program(weights, kept),
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
