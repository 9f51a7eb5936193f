// Imports files one at a time: data, with a dialog for what has columns or several forms and a question for the encoding of a text that is
// not UTF-8, and trained models (.safetensors). Shared by the views, the drop target and presets that need a file.
import type { DatasetDetail, DecodeMode } from '@contract/data.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { isTableFile, type FoundData, type ImportSettings } from '@contract/importing.ts'
import { formatAdvice } from '@contract/textFormat.ts'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useClient } from '../../state/connection.ts'
import { useDatasets } from '../../state/datasets.ts'
import { useNotices } from '../../state/notices.ts'
import { sendSource } from './sending.ts'
import { sourcesOf, type Source } from './sources.ts'

/** Ways to decode a file that is not UTF-8. */
export type Decode = Exclude<DecodeMode, 'strict'>

/** Open question about a file that cannot be imported as it is. */
export interface Question {
  /** decode: how to decode bytes that are not UTF-8. trust: whether to import weights that are NaN or infinite. */
  kind: 'decode' | 'trust'
  name: string
  error: ErrorValue
}

/** What the dialog of an import shows. */
export interface Review {
  source: Source
  first: FoundData
  look(settings: ImportSettings): Promise<FoundData>
}

/** A larger file that is read as a whole is imported without a look. */
const mostLooked = 40 * 2 ** 20

const isModel = ({ name, files }: Source) => !files && name.toLowerCase().endsWith('.safetensors')
/** Two texts whose lines pair, about which there is nothing to choose; two tables are a table and its test part. */
const isPairOfTexts = ({ paired, files = [] }: Source) => paired === true && !files.every(isTableFile)
/** Whether there is something to choose before an import. */
const needsReview = ({ files }: Source, { columns, forms, error }: FoundData) =>
  files !== undefined || columns.length > 0 || forms.length > 1 || error !== null

export const useImports = defineStore('imports', () => {
  const queue = shallowRef<Source[]>([])
  const question = shallowRef<Question | null>(null)
  const review = shallowRef<Review | null>(null)
  const working = shallowRef<string | null>(null)
  /** Share of the file that was sent; null before it is sent. */
  const sent = shallowRef<number | null>(null)
  const busy = computed(() => working.value !== null)
  let answer: ((choice: Decode | null) => void) | undefined
  let answerReview: ((settings: ImportSettings | null) => void) | undefined
  let abort: (() => void) | undefined

  async function ask(asked: Question): Promise<Decode | null> {
    const choice = await new Promise<Decode | null>((done) => {
      answer = done
      question.value = asked
    })
    question.value = null
    return choice
  }

  async function askReview(asked: Review): Promise<ImportSettings | null> {
    const settings = await new Promise<ImportSettings | null>((done) => {
      answerReview = done
      review.value = asked
    })
    review.value = null
    return settings
  }

  /** How a source would be read; null if only the whole of a large file tells it. */
  async function lookAt(
    source: Source,
    decode: DecodeMode,
    settings: ImportSettings,
  ): Promise<FoundData | null> {
    const { name, files, size, head, headIsWhole, whole } = source
    const look = (bytes: Uint8Array, isWhole: boolean) =>
      useClient().call('data.look', { name, files, bytes, whole: isWhole, decode, settings })
    const { found } = await look(await head(), headIsWhole)
    if (found) return found
    return size > mostLooked ? null : (await look(await whole(), true)).found
  }

  async function importAs(source: Source, decode: DecodeMode): Promise<DatasetDetail | undefined> {
    let settings: ImportSettings = {}
    if (!isPairOfTexts(source)) {
      const first = await lookAt(source, decode, {})
      if (first && needsReview(source, first)) {
        const look = async (given: ImportSettings) => (await lookAt(source, decode, given)) ?? first
        const chosen = await askReview({ source, first, look })
        if (!chosen) return undefined
        settings = chosen
      }
    }
    const sending = sendSource(source, decode, settings, (share) => (sent.value = share))
    abort = sending.cancel
    return useDatasets().add(await sending.made)
  }

  async function importData(source: Source): Promise<DatasetDetail | undefined> {
    const notices = useNotices()
    let decode: DecodeMode = 'strict'
    try {
      for (;;) {
        try {
          const made = await importAs(source, decode)
          if (!made) return undefined
          for (const warning of made.warnings)
            notices.tell('warning', warning.message, { code: warning.code })
          if (made.format) notices.tell('info', `${made.name}: ${formatAdvice(made.format)}`)
          notices.tell('success', `Imported ${made.name}`)
          return made
        } catch (thrown) {
          const error = toErrorValue(thrown)
          if (decode !== 'strict' || (error.code !== 'E_UTF8' && error.code !== 'E_ENCODING')) throw thrown
          const chosen = await ask({ kind: 'decode', name: source.name, error })
          if (!chosen) return undefined
          decode = chosen
        }
      }
    } catch (thrown) {
      if (toErrorValue(thrown).code !== 'E_CANCELLED') notices.error(thrown)
      return undefined
    } finally {
      sent.value = null
      abort = undefined
    }
  }

  async function importModel({ name, whole }: Source): Promise<void> {
    const notices = useNotices()
    await notices.attempt(async () => {
      const bytes = await whole()
      const read = (trust: boolean) => useClient().call('runs.import', { name, bytes, trust })
      const made = await read(false).catch(async (thrown: unknown) => {
        const error = toErrorValue(thrown)
        if (error.code !== 'E_MODEL_NONFINITE') throw thrown
        return (await ask({ kind: 'trust', name, error })) && read(true)
      })
      if (!made) return
      const { run, warnings } = made
      for (const warning of warnings)
        notices.tell('warning', warning.message, { code: warning.code, runId: run.id })
      notices.tell('success', `Imported ${run.name}`, { runId: run.id })
    })
  }

  /** Imports sources one after another; resolves with the imported data sets. */
  async function importSources(sources: readonly Source[]): Promise<DatasetDetail[]> {
    const made: DatasetDetail[] = []
    queue.value = [...queue.value, ...sources]
    if (busy.value) return made
    while (queue.value.length > 0) {
      const [source, ...rest] = queue.value
      queue.value = rest
      working.value = source!.name
      if (isModel(source!)) await importModel(source!)
      else {
        const one = await importData(source!)
        if (one) made.push(one)
      }
    }
    working.value = null
    return made
  }
  return {
    queue,
    question,
    review,
    working,
    sent,
    busy,
    importSources,
    /** Imports files that were chosen together. */
    importFiles: (files: Iterable<File>) => importSources(sourcesOf([...files])),
    /** Answers the open question: null cancels; for `trust` any other answer accepts. */
    decide: (choice: Decode | null) => answer?.(choice),
    /** Answers the open dialog: null cancels. */
    decideReview: (settings: ImportSettings | null) => answerReview?.(settings),
    /** Ends the import whose parts are being sent. */
    cancel: () => abort?.(),
  }
})
