// Answers to the commands that import data: a look that reads a table with commas, and uploads in parts.
import type { DatasetDetail } from '../../src-main/contract/data.ts'
import type { FoundData, ImportSettings } from '../../src-main/contract/importing.ts'
import type { Handlers } from './app.ts'

type ImportCommand = 'data.look' | 'data.lookAtFile' | 'data.importParts' | 'data.upload'

/** `imported` adds a text. */
export function importAnswers(
  imported: (name: string, body: string) => DatasetDetail,
): Required<Pick<Handlers, ImportCommand>> {
  const uploads = new Map<string, { name: string; parts: string[]; made(detail: DatasetDetail): void }>()
  const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
  return {
    'data.look': ({ name, bytes, settings }) => ({
      found: foundIn(name, textOf(bytes), settings),
      needsWhole: false,
    }),
    'data.lookAtFile': ({ path, settings }) => foundIn(path, '', settings),
    'data.importParts': ({ job, name }) => new Promise((made) => uploads.set(job, { name, parts: [], made })),
    'data.upload': ({ job, parts, last, cancel }) => {
      const upload = uploads.get(job)
      if (!upload) return { taken: 0 }
      upload.parts.push(...parts.map(({ bytes }) => textOf(bytes)))
      if (last && !cancel) upload.made(imported(upload.name, upload.parts.join('')))
      return { taken: parts.length }
    },
  }
}

function foundIn(name: string, text: string, settings: ImportSettings): FoundData {
  const lines = text.split('\n').filter((line) => line !== '')
  const [head = [], ...rows] = lines.slice(0, 20).map((line) => line.split(','))
  const isTable = name.endsWith('.csv')
  const base = { rows: isTable ? rows : [], lines: lines.slice(0, 12), notes: [], error: null }
  if (!isTable)
    return {
      ...base,
      title: 'running text',
      formats: [{ id: 'text', title: 'running text' }],
      forms: ['text'],
      settings: { as: 'text', ...settings },
      columns: [],
    }
  return {
    ...base,
    title: 'a table with commas (CSV)',
    formats: [
      { id: 'separated', title: 'a table with separators (CSV, TSV)' },
      { id: 'text', title: 'running text' },
    ],
    forms: ['labels', 'text'],
    settings: { as: 'labels', label: head[0]!, text: head[1] ?? head[0]!, ...settings },
    columns: head.map((column, at) => ({ name: column, kind: at === 0 ? 'labels' : 'texts' })),
  }
}
