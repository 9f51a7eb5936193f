// The interface of all text decoders, and their warnings.
import type { Dataset } from '../contract/data.ts'
import type { Warning } from '../contract/errors.ts'

/** Decodes piece by piece; `last` ends the text. */
export interface PieceDecoder {
  encoding: Dataset['encoding']
  /** Throws the error for which the file is refused. */
  read(bytes: Uint8Array, last: boolean): { text: string; utf8: Uint8Array }
  warnings(): Warning[]
}

export const decodeWarning = (message: string): Warning => ({ code: 'W_DECODED', message })
export const placesText = (places: number): string =>
  `${places.toLocaleString('en')} ${places === 1 ? 'place' : 'places'}`
