// The registry of foreign files, in the order of recognition, one line each.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { ImportSettings } from '../../contract/importing.ts'
import { conll } from './conll.ts'
import type { ForeignBytes, ForeignText, Head } from './foreign.ts'
import { idx, npy, singleImage, storedImages } from './images/foreignImages.ts'
import { jsonLines } from './jsonLines.ts'
import { midi, pianoRoll } from './music.ts'
import { parquet } from './parquet.ts'
import { separatedTable } from './separatedTable.ts'
import { runningText, storedLines } from './storedLines.ts'

export const foreignTexts: readonly ForeignText[] = [
  storedImages,
  jsonLines,
  conll,
  storedLines,
  separatedTable,
  runningText,
]
export const foreignBytes: readonly ForeignBytes[] = [parquet, npy, singleImage, midi, pianoRoll, idx]

/** The kind of a file that is no text, by its first bytes; undefined: it is to be read as text. */
export const bytesKind = (head: Head<Uint8Array>): ForeignBytes | undefined =>
  foreignBytes.find((kind) => kind.recognises(head))

/** The kind of a text, or the chosen one. Throws E_ARG for an unknown `format`. */
export function textKind(head: Head<string>, { format }: ImportSettings): ForeignText {
  if (format === undefined) return foreignTexts.find((kind) => kind.recognises(head))!
  const chosen = foreignTexts.find(({ id }) => id === format)
  if (chosen) return chosen
  const ids = foreignTexts.map(({ id }) => id)
  const near = nearest(format, ids)
  throw new UnrollError(
    'E_ARG',
    `format: there is no "${format}"; ${near ? `did you mean ${near}?` : `known here: ${ids.join(', ')}.`}`,
    {
      path: 'settings.format',
    },
  )
}
