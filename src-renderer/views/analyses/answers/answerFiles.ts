// What can be saved of held-out answers: all that match the filters, the confusion matrix and the figures of the classes.
import type { Input } from '@contract/api.ts'
import { csvText } from '@contract/csv.ts'
import {
  answerCells,
  answerHeading,
  classScores,
  confusionTable,
  type HeldOutAnswers,
} from '@contract/heldOutAnswers.ts'
import type { RunRow } from '@contract/run.ts'
import { tableFormats, type TableFormat } from '@contract/tableFile.ts'
import { saveFile } from '../../../charts/saveChart.ts'
import { useClient } from '../../../state/connection.ts'
import type { FileEntry } from '../resultFiles.ts'

/** Answers of one call. */
const part = 2000

/** The entries of the menu of exports; `filter` finds the answers. */
export function answerFiles(
  run: RunRow,
  filter: Input<'inspect.answers'>,
  { confusion, of, step }: HeldOutAnswers,
): FileEntry[] {
  const save = (what: string, format: TableFormat, parts: readonly string[]) =>
    saveFile(`${run.name} ${what} step ${step}.${format}`, new Blob([...parts], tableFormats[format]))
  async function saveAnswers(format: TableFormat): Promise<void> {
    const heading = answerHeading(of)
    const parts: string[] = []
    for (let offset = 0, all = 1; offset < all; offset += part) {
      const found = await useClient().call('inspect.answers', { ...filter, offset, limit: part })
      all = found.matching
      parts.push(tableFormats[format].write(heading, found.rows.map(answerCells), offset === 0))
    }
    save('answers', format, parts)
  }
  function saveMatrix(): void {
    const { names, counts } = confusionTable(confusion)
    const rows = counts.map((row, i) => [names[i]!, ...row])
    save('confusion', 'csv', [csvText([['expected', ...names], ...rows])])
  }
  function saveClasses(): void {
    const rows = classScores(confusion).classes.map((one) => [one.name, one.expected, one.answered, one.right, one.precision, one.recall, one.f1]) // prettier-ignore
    const heading = ['class', 'expected', 'answered', 'right', 'precision', 'recall', 'f1']
    save('classes', 'csv', [csvText([heading, ...rows])])
  }
  return [
    ...(Object.keys(tableFormats) as TableFormat[]).map((format) => ({
      label: `The answers that match (${tableFormats[format].title})`,
      save: () => saveAnswers(format),
    })),
    { label: 'Confusion matrix (CSV)', save: saveMatrix },
    { label: 'Figures of the classes (CSV)', save: saveClasses },
  ]
}
