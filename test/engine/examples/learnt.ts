// Runs over examples to their end, with their last metrics, events and tables; and small files of examples.
import { createHash } from 'node:crypto'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import type { ExamplesTable } from '../../../src-main/contract/run.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { chooseExecutor, openTraining, type TrainingEvent } from '../../../src-main/engine/index.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { referenceExecutor } from '../../../src-main/engine/run/reference.ts'
import { grouped } from '../../options.ts'

export const reference = referenceExecutor()
export const fastest = chooseExecutor('auto', 1).executor
export const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
export const quiet = {
  bptt: 'full',
  evalEvery: 0,
  sampleEvery: 0,
  gradientEvery: 0,
  checkpointEvery: 1_000_000,
} as const
export const configOf = ({ train, logging, ...given }: RunConfigInput): RunConfig =>
  parseConfig({ seed: 3, ...given, ...grouped({ ...quiet, ...train, ...logging }) }) as RunConfig

/** Runs to the end; the last value of every metric, and all events. */
export function learn(config: RunConfig, text = '', executor = fastest) {
  const events: TrainingEvent[] = []
  const training = openTraining({ config, text }, executor)
  for (const event of training.events()) if (event.kind !== 'step') events.push(event)
  const last = Object.assign(
    {},
    ...events.flatMap((e) => (e.kind === 'metrics' ? [e.values] : [])),
  ) as Record<string, number>
  return { last, events, training }
}
export const tableOf = (events: readonly TrainingEvent[]): ExamplesTable =>
  events.flatMap((e) => (e.kind === 'sample' && e.table?.kind === 'examples' ? [e.table] : [])).at(-1)!

/** Labelled lines of 12 words: one opinion, which says the label, among words of a long tail. */
export function rareWords(lines: number): string {
  const random = randomStream({ seed: [5, 0], step: 0 }, 1)
  const rare = () => `w${Math.floor(4000 ** random.uniform())}`
  return Array.from({ length: lines }, () => {
    const label = random.below(2) ? 'good' : 'bad'
    const words = [`${label}${random.below(60)}`, ...Array.from({ length: 11 }, rare)]
    const order = words.map((word) => ({ word, at: random.uniform() })).sort((a, b) => a.at - b.at)
    return `${label}\t${order.map(({ word }) => word).join(' ')}`
  }).join('\n')
}

export const tagged = Array.from(
  { length: 40 },
  (_, i) =>
    ['the/DET dog/NN ate/V', 'a/DET cat/NN', 'dog/NN ran/V ./.', 'the/DET cat/NN ate/V the/DET dog/NN ./.'][
      (i * 7) % 4
    ],
).join('\n')
export const pairs = Array.from(
  { length: 40 },
  (_, i) => ['one\t1', 'two one\t21', 'one two two\t122', 'two two\t22'][(i * 7) % 4],
).join('\n')
export const labelled = Array.from(
  { length: 45 },
  (_, i) => ['up\tyes yes indeed', 'down\tno', 'up\tyes', 'down\tno no no never', 'down\tnever'][(i * 3) % 5],
).join('\n')
