// Files that are stored as they are: running text, and lines that are in a stored form already.
import type { DataForm } from '../../contract/importing.ts'
import { detectFormat } from '../formats/index.ts'
import type { ForeignText } from './foreign.ts'

/** Stored forms by the id of their format. */
const forms: Record<string, DataForm> = {
  'labelled-lines': 'labels',
  'tagged-lines': 'tags',
  'pair-lines': 'pairs',
}

const asItIs = { write: (text: string) => text, end: () => ({ text: '', notes: [] }) }

/** Lines of label, tab, text, and of word/TAG. */
export const storedLines: ForeignText = {
  id: 'lines',
  title: 'lines with one example each',
  recognises: ({ name, content }) => {
    const format = detectFormat(name, content)
    return format !== undefined && (format.id === 'labelled-lines' || format.id === 'tagged-lines')
  },
  look({ name, content }, given) {
    const format = detectFormat(name, content)
    const form = forms[format?.id ?? ''] ?? 'text'
    return {
      ...(format && { title: format.title }),
      forms: [form],
      settings: { as: form, ...given },
      columns: [],
      rows: [],
    }
  },
  convert: () => asItIs,
}

export const runningText: ForeignText = {
  id: 'text',
  title: 'running text',
  recognises: () => true,
  look: (_head, given) => ({ forms: ['text'], settings: { as: 'text', ...given }, columns: [], rows: [] }),
  convert: () => asItIs,
}
