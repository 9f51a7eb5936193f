// Answers to all texts of a file, in batches, so that the page stays free and other calls get their turn. A text without an answer keeps the reason.
import { answerTable } from '@contract/answerTable.ts'
import type { AnsweredText } from '@contract/apply.ts'
import type { CsvCell } from '@contract/csv.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import type { RunRow } from '@contract/run.ts'
import { onScopeDispose, shallowRef } from 'vue'
import { useClient } from '../../../state/connection.ts'
import { textsOf, type Reading } from './fileTexts.ts'

/** Texts and characters of one call at most, and classes of an answer that are kept if there are more. */
const [maxTexts, maxCharacters, mostClasses] = [250, 1 << 17, 20]
const [keptClasses, keptTags] = [5, 1]
/** Milliseconds between two drawings of the table. */
const showMs = 250

/** A text with its cells below the heading; of one without an answer these are empty. */
export interface FileAnswer {
  text: string
  answer: string
  /** Null: no answer. */
  probability: number | null
  cells: CsvCell[]
  /** Why there is no answer. */
  refused: string
}

export function useFileAnswers(run: RunRow) {
  const rows = shallowRef<readonly FileAnswer[]>([])
  const heading = shallowRef<string[]>([])
  const phase = shallowRef<'none' | 'reading' | 'done' | 'stopped'>('none')
  const share = shallowRef(0)
  const failure = shallowRef<ErrorValue | null>(null)
  let current = 0

  async function start(file: File, reading: Reading, step: number | null): Promise<void> {
    const mine = ++current
    const found: FileAnswer[] = []
    let columns: ReturnType<typeof answerTable> | undefined
    let ranked = false
    let shown = 0
    rows.value = []
    failure.value = null
    phase.value = 'reading'
    share.value = 0

    function rowOf(text: string, one: AnsweredText): FileAnswer {
      if (!columns) {
        ranked = one.answer.kind === 'class' && one.answer.classes.length > mostClasses
        columns = answerTable(kept(one), ranked)
        heading.value = columns.heading
      }
      const cells = columns.row(text, kept(one))
      return { text, answer: String(cells[1]), probability: Number(cells[2]), cells, refused: '' }
    }
    /** The table is drawn anew a few times per second. */
    function show(): void {
      shown = performance.now()
      rows.value = found.slice()
    }
    const kept = (one: AnsweredText): AnsweredText =>
      ranked && one.answer.kind === 'class'
        ? { ...one, answer: { kind: 'class', classes: one.answer.classes.slice(0, keptClasses) } }
        : one

    async function answered(texts: readonly string[]): Promise<void> {
      const reasons = texts.map((text): string => (text.trim() === '' ? 'the text is empty' : ''))
      const from = found.length
      for (;;) {
        const asked = texts.flatMap((_, i) => (reasons[i] ? [] : [i]))
        let answers: AnsweredText[] = []
        try {
          if (asked.length > 0)
            ({ answers } = await useClient().call('apply.texts', {
              id: run.id,
              texts: asked.map((i) => texts[i]!),
              ...(step !== null && { step }),
              ngram: run.task.abilities.ngram,
              ...(run.task.classifiesText ? ranked && { top: keptClasses } : { top: keptTags }),
            }))
        } catch (thrown) {
          const error = toErrorValue(thrown)
          const at = /^texts\.(\d+)$/.exec(error.details?.path ?? '')
          if (!at) throw thrown
          reasons[asked[Number(at[1])]!] = error.message.replace(/^texts\.\d+: /, '')
          continue
        }
        if (mine !== current) return
        let next = 0
        texts.forEach((text, i) => {
          const row = reasons[i]
            ? { text, answer: '', probability: null, cells: [text], refused: reasons[i] }
            : rowOf(text, answers[next++]!)
          found[from + i] = row
        })
        if (performance.now() - shown > showMs) show()
        return
      }
    }

    try {
      let batch: string[] = []
      let characters = 0
      for await (const part of textsOf(file, reading)) {
        for (const text of part.texts) {
          batch.push(text)
          characters += text.length
          if (batch.length < maxTexts && characters < maxCharacters) continue
          await answered(batch)
          if (mine !== current) return
          batch = []
          characters = 0
        }
        share.value = part.share
      }
      if (batch.length > 0) await answered(batch)
      if (mine !== current) return
      show()
      phase.value = 'done'
    } catch (thrown) {
      if (mine !== current) return
      show()
      failure.value = toErrorValue(thrown)
      phase.value = 'stopped'
    }
  }

  /** Ends the reading; the answers so far stay. */
  function stop(): void {
    current++
    phase.value = 'stopped'
  }
  onScopeDispose(() => current++)

  return { rows, heading, phase, share, failure, start, stop }
}
