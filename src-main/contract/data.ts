// Texts that runs read: built-in ones and imported files.
import type { Warning } from './errors.ts'

export interface Dataset {
  id: string
  name: string
  builtin: boolean
  bytes: number
  characters: number
  lines: number
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1'
  sha256: string
  licence: string
  about: string
  /** What a reader must know to judge text that a run generates from this one; often ''. */
  note: string
  createdAt: number
}

export interface DatasetDetail extends Dataset {
  /** The first 4,000 code points. */
  preview: string
  /** Distinct code points with counts, most frequent first, at most 1,000. */
  symbols: { symbol: string; count: number }[]
  distinct: number
  warnings: Warning[]
}
