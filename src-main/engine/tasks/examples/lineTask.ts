// What the tasks on lines of text have in common: one example on every line, read whole, answered in a table.
import type { Text } from '../../data/source.ts'
import type { Task } from '../../training/task.ts'
import type { ConfigOf, Known } from '../defineTask.ts'
import type { Shape } from './example.ts'
import { readExample } from './lines.ts'
import { lineAbilities, lineReading, wholeSequences, type LinesData } from './linesData.ts'
import { exampleNetwork, type ExampleNetwork } from './network.ts'
import { linesSource } from './sources.ts'
import { examplesTask } from './training.ts'

/** The shared part of the row; `linesOf` completes the task's data with how its lines are read. */
export const lineTask = <D extends { dataset: string; validation: number }>(
  topology: Shape['topology'],
  linesOf: (data: D) => LinesData,
) => ({
  reads: 'sequences' as const,
  allowed: [wholeSequences],
  dataInWords: ({ dataset }: D) => dataset,
  abilities: () => lineAbilities,
  validates: ({ validation }: D) => validation > 0,
  text: {
    reading: (data: D) => lineReading(linesOf(data)),
    whole: () => true,
    stretch: (text: Text, data: D, offset: number, length: number) =>
      readExample(text, linesOf(data), offset, length),
  },
  network: (config: ConfigOf<D>, symbols: number, labels: number): ExampleNetwork =>
    exampleNetwork(config, {
      topology,
      input: { symbols },
      // A pair has an end token beside its labels.
      output: { kind: 'classes', count: topology === 'pair' ? labels + 1 : labels },
      next: false,
      words: lineReading(linesOf(config.data)).unit === 'word',
    }),
  open: (config: ConfigOf<D>, text: Text, known?: Known): Task =>
    examplesTask(config, linesSource(config, linesOf(config.data), text, known)),
})
