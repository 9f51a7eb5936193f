// The part of the row shared by the tasks on lines of text: one example per line, read as a whole text, predictions in a table.
import type { Abilities } from '../../../contract/taskInfo.ts'
import type { Text } from '../../data/source.ts'
import type { Task } from '../../training/task.ts'
import type { ConfigOf, CheckpointVocabulary } from '../defineTask.ts'
import type { Shape } from './example.ts'
import { heldOutLines, readExample } from './lines.ts'
import { lineAbilities, lineReading, wholeSequences, type LinesData } from './linesData.ts'
import { exampleNetwork, type ExampleNetwork } from './network.ts'
import { lineResponder } from './responder.ts'
import { linesSource } from './sources.ts'
import { examplesTask } from './training.ts'

/** The shared part of the row; `linesOf` adds the format and the fixed options of its lines to the task's data. */
export const lineTask = <D extends { dataset: string; validation: number }>(
  topology: Shape['topology'],
  linesOf: (data: D) => LinesData,
) => ({
  reads: 'sequences' as const,
  allowed: [wholeSequences],
  dataSummary: ({ dataset }: D) => dataset,
  abilities: (): Abilities => ({
    ...lineAbilities,
    ...(topology !== 'pair' && { classifies: topology === 'one' ? 'texts' : 'symbols' }),
  }),
  validates: ({ validation }: D) => validation > 0,
  text: {
    reading: (data: D) => lineReading(linesOf(data)),
    whole: () => true,
    excerpt: (text: Text, data: D, offset: number, length: number) =>
      readExample(text, linesOf(data), offset, length),
    lines: (text: Text, data: D, length: number) => heldOutLines(text, linesOf(data), length, topology),
  },
  network: (config: ConfigOf<D>, symbols: number, labels: number): ExampleNetwork =>
    exampleNetwork(config, {
      topology,
      input: { symbols },
      // The decoder of a pair has an end token in addition to the labels.
      output: { kind: 'classes', count: topology === 'pair' ? labels + 1 : labels },
      predictsNext: false,
      words: lineReading(linesOf(config.data)).unit === 'word',
    }),
  responder: ({ data }: ConfigOf<D>, known: CheckpointVocabulary) => lineResponder(linesOf(data), known),
  open: (config: ConfigOf<D>, text: Text, known?: CheckpointVocabulary): Task =>
    examplesTask(config, linesSource(config, linesOf(config.data), text, known)),
})
