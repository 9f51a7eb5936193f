// The text that claims are tested on, laid out in rows that are read side by side: pieces of a running text, each after some symbols that
// are read and not counted, or lines. Side by side, eight thousand symbols take a tenth of the time.
import { largest } from '../../../contract/longLists.ts'
import type { SequenceNetwork } from '../../nn/network.ts'
import { chunkLength } from '../record.ts'

/** Rows that are read side by side. */
const batch = 8
/** Symbols of a running text that are not counted, since the state starts at zero; of every later piece the symbols before it. */
const warmUp = 100
const pieceWarmUp = 128
const shortestPiece = 200

/** A part of a sequence: symbols from `from` are read from a zero state, those from `start` up to `end` are counted. */
interface Row {
  ids: Int32Array
  from: number
  start: number
  end: number
  /** Index of symbol `start` among all counted positions. */
  at: number
}

/** Rows in groups that one program reads, `batch` side by side in chunks of `steps` symbols. */
export interface ClaimLayout {
  groups: Row[][]
  batch: number
  steps: number
  /** Whether rows are padded inside a chunk and need a mask, as in networks that read both ways. */
  masked: boolean
  /** Symbols of all sequences that are left out at the beginning. */
  skip: number
  /** Number of counted positions. */
  positions: number
}

/** The layout of sequences, each read from a zero state; a single one that is read forwards is cut into pieces. */
export function claimLayout(network: SequenceNetwork, sequences: readonly Int32Array[]): ClaimLayout {
  const masked = network.bidirectional || network.subsample > 1
  const rows = sequences.length === 1 && !masked ? piecesOf(sequences[0]!) : linesOf(sequences)
  const skip = rows[0]?.start ?? 0
  const sorted = rows.toSorted((a, b) => b.end - b.from - (a.end - a.from))
  const longest = Math.max(1, largest(rows.map(({ from, end }) => end - from)))
  const groups = Array.from({ length: Math.ceil(rows.length / batch) }, (_, g) =>
    sorted.slice(g * batch, (g + 1) * batch),
  )
  return {
    groups,
    batch: Math.min(batch, rows.length),
    steps: masked ? longest : Math.min(longest, chunkLength(network, longest)),
    masked,
    skip,
    positions: rows.reduce((sum, { start, end }) => sum + end - start, 0),
  }
}

function piecesOf(ids: Int32Array): Row[] {
  const skip = Math.min(warmUp, Math.floor(ids.length / 10))
  const counted = ids.length - skip
  const count = Math.max(1, Math.min(batch, Math.floor(counted / shortestPiece)))
  return Array.from({ length: count }, (_, r) => {
    const at = Math.floor((counted * r) / count)
    const start = skip + at
    const from = r === 0 ? 0 : Math.max(0, start - pieceWarmUp)
    return { ids, from, start, end: skip + Math.floor((counted * (r + 1)) / count), at }
  })
}

function linesOf(sequences: readonly Int32Array[]): Row[] {
  let at = 0
  return sequences.map((ids) => ({
    ids,
    from: 0,
    start: 0,
    end: ids.length,
    at: (at += ids.length) - ids.length,
  }))
}
