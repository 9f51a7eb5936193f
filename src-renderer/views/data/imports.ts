// Imports files one at a time: texts, with a question for the encoding of one that is not UTF-8, and trained models (.safetensors). Shared
// by the views, the drop target and presets that need a file.
import type { DatasetDetail, DecodeMode } from '@contract/data.ts'
import { toErrorValue, type ErrorValue } from '@contract/errors.ts'
import { formatAdvice } from '@contract/textFormat.ts'
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useClient } from '../../state/connection.ts'
import { useDatasets } from '../../state/datasets.ts'
import { useNotices } from '../../state/notices.ts'

/** Ways to decode a file that is not UTF-8. */
export type Decode = Exclude<DecodeMode, 'strict'>

/** Open question about a file that cannot be imported as it is. */
export interface Question {
  /** decode: how to decode bytes that are not UTF-8. trust: whether to import weights that are NaN or infinite. */
  kind: 'decode' | 'trust'
  name: string
  error: ErrorValue
}

export const useImports = defineStore('imports', () => {
  const queue = shallowRef<File[]>([])
  const question = shallowRef<Question | null>(null)
  const working = shallowRef<string | null>(null)
  const busy = computed(() => working.value !== null)
  let answer: ((choice: Decode | null) => void) | undefined

  async function ask(asked: Question): Promise<Decode | null> {
    const choice = await new Promise<Decode | null>((done) => {
      answer = done
      question.value = asked
    })
    question.value = null
    return choice
  }

  async function importText(file: File): Promise<DatasetDetail | undefined> {
    const notices = useNotices()
    const datasets = useDatasets()
    let decode: Decode | 'strict' = 'strict'
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      for (;;) {
        try {
          const made = await datasets.importBytes({ name: file.name, bytes, decode })
          for (const warning of made.warnings)
            notices.tell('warning', warning.message, { code: warning.code })
          if (made.format) notices.tell('info', `${made.name}: ${formatAdvice(made.format)}`)
          notices.tell('success', `Imported ${made.name}`)
          return made
        } catch (thrown) {
          const error = toErrorValue(thrown)
          if (decode !== 'strict' || (error.code !== 'E_UTF8' && error.code !== 'E_ENCODING')) throw thrown
          const chosen = await ask({ kind: 'decode', name: file.name, error })
          if (!chosen) return undefined
          decode = chosen
        }
      }
    } catch (thrown) {
      notices.error(thrown)
      return undefined
    }
  }

  async function importModel(file: File): Promise<void> {
    const notices = useNotices()
    await notices.attempt(async () => {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const read = (trust: boolean) => useClient().call('runs.import', { name: file.name, bytes, trust })
      const made = await read(false).catch(async (thrown: unknown) => {
        const error = toErrorValue(thrown)
        if (error.code !== 'E_MODEL_NONFINITE') throw thrown
        return (await ask({ kind: 'trust', name: file.name, error })) && read(true)
      })
      if (!made) return
      const { run, warnings } = made
      for (const warning of warnings)
        notices.tell('warning', warning.message, { code: warning.code, runId: run.id })
      notices.tell('success', `Imported ${run.name}`, { runId: run.id })
    })
  }

  /** Imports files one after another; resolves with the imported texts. */
  async function importFiles(files: Iterable<File>): Promise<DatasetDetail[]> {
    const made: DatasetDetail[] = []
    queue.value = [...queue.value, ...files]
    if (busy.value) return made
    while (queue.value.length > 0) {
      const [file, ...rest] = queue.value
      queue.value = rest
      working.value = file!.name
      if (file!.name.toLowerCase().endsWith('.safetensors')) await importModel(file!)
      else {
        const one = await importText(file!)
        if (one) made.push(one)
      }
    }
    working.value = null
    return made
  }
  /** Answers the open question: null cancels; for `trust` any other answer accepts. */
  const decide = (choice: Decode | null) => answer?.(choice)
  return { queue, question, working, busy, importFiles, decide }
})
