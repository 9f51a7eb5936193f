// What every way of reading a file gives, and the words for what it found.
import type { Dataset } from '../contract/data.ts'
import type { Warning } from '../contract/errors.ts'

/** What a reading makes of a piece; `last` ends it. */
export interface Reading {
  encoding: Dataset['encoding']
  /** Throws what the whole file is refused for. */
  read(bytes: Uint8Array, last: boolean): { text: string; utf8: Uint8Array }
  warnings(): Warning[]
}

export const said = (message: string): Warning => ({ code: 'W_DECODED', message })
export const counted = (places: number): string =>
  `${places.toLocaleString('en')} ${places === 1 ? 'place' : 'places'}`
