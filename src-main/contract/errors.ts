// The error that users see in every shell: a stable code and one message that says what, where and what to do.
import type { Advice } from './advice.ts'

export const errorCodes = [
  'E_ARG', 'E_AUTH', 'E_BINARY', 'E_BUSY', 'E_CANCELLED', 'E_CONFIG_DATA', 'E_CONFIG_KEY', 'E_CONFIG_RANGE', 'E_CONFIG_SIZE', 'E_CONFIG_UNKNOWN',
  'E_CONFIG_VERSION', 'E_DATA_CHANGED', 'E_DATA_EMPTY', 'E_DATA_FORMAT', 'E_DATA_SHORT', 'E_DB_BUSY', 'E_DB_CORRUPT', 'E_DB_NEWER', 'E_DB_NOT',
  'E_DB_SCHEMA', 'E_DISK', 'E_DIVERGED', 'E_ENCODING', 'E_EXISTS', 'E_FORBIDDEN', 'E_INTERNAL', 'E_JSON', 'E_MODEL_CHECKSUM', 'E_MODEL_DTYPE', 'E_MODEL_FORMAT',
  'E_MODEL_HEADER', 'E_MODEL_MISMATCH', 'E_MODEL_NONFINITE', 'E_MODEL_OFFSETS', 'E_MODEL_SHAPE', 'E_MODEL_TOO_LARGE', 'E_MSG', 'E_NAME',
  'E_NODE', 'E_NOT_A_FILE', 'E_NOT_FOUND', 'E_OFFLINE', 'E_PATH', 'E_PORT', 'E_SEED', 'E_STATE', 'E_STORE_READONLY', 'E_STORE_PLACE', 'E_SWEEP',
  'E_TOO_LARGE', 'E_TOO_LARGE_FOR_MEMORY', 'E_UTF8', 'E_VOCAB_MAX', 'E_WORKER',
] as const // prettier-ignore
export type ErrorCode = (typeof errorCodes)[number]

/** Findings that do not stop the work; returned beside results and emitted as `notice` events. */
export const warningCodes = [
  'W_CHECKPOINT_FALLBACK', 'W_DATA_FORMAT', 'W_DB_BUSY', 'W_DECODED', 'W_DISK', 'W_MODEL_NONFINITE', 'W_NO_NATIVE', 'W_STORE_READONLY', 'W_SYNC_FOLDER', 'W_UNCLEAN_EXIT', 'W_VOCAB_1',
] as const // prettier-ignore
export type WarningCode = (typeof warningCodes)[number]

export interface Warning {
  code: WarningCode
  message: string
}

/** The error as plain data, which crosses threads and processes. `details` holds key paths or offsets for forms and tests. */
export interface ErrorValue {
  code: ErrorCode
  message: string
  details?: {
    path?: string
    offset?: number
    /** The detected encoding of a text that is not UTF-8. */
    encoding?: string
    line?: number
    column?: number
    /** The training step that failed. */
    step?: number
    issues?: { path: string; message: string }[]
    /** What to do about it; each shell words it. */
    advice?: Advice
  }
}

export class UnrollError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorValue['details']

  constructor(code: ErrorCode, message: string, details?: ErrorValue['details']) {
    super(message)
    this.name = 'UnrollError'
    this.code = code
    this.details = details
  }

  toValue(): ErrorValue {
    return { code: this.code, message: this.message, ...(this.details && { details: this.details }) }
  }
}

/** Any thrown value as an ErrorValue; an unexpected error keeps its message but not its stack. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof UnrollError) return error.toValue()
  return { code: 'E_INTERNAL', message: error instanceof Error ? error.message : String(error) }
}

/** How many faults one message lists. */
export const maxIssues = 20

/** The first faults of a list as a sentence, with the number of the others. */
export function issuesText(
  issues: readonly { path: string; message: string }[],
  total = issues.length,
): string {
  const told = issues.slice(0, maxIssues)
  const more = total > told.length ? `; and ${total - told.length} more` : ''
  return `${told.map(({ path, message }) => `${path}: ${message}`).join('; ')}${more}.`
}

/** A text from outside, shortened to 80 characters and without unpaired surrogates, for use in a message. */
export const quotable = (text: string): string =>
  text.slice(0, 80).toWellFormed() + (text.length > 80 ? '…' : '')

/** Longer than every name, so longer words are not compared. */
const longestWord = 64

/** The nearest of `names` to `word` by edit distance, if near enough to be a misspelling; for "did you mean". */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined
  const sought = word.toLowerCase()
  let best: string | undefined
  // Two edits in a word of three letters are no misspelling: esn is not rnn.
  let bestDistance = (word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1
  for (const name of names) {
    // The distance is at least the difference of the lengths.
    if (Math.abs(name.length - word.length) >= bestDistance) continue
    const distance = editDistance(sought, name.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [name, distance]
  }
  return best
}

/** Edit distance: letters to insert, remove, change or swap with the next one. */
function editDistance(a: string, b: string): number {
  let above: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) next[j] = Math.min(next[j]!, above[j - 2]! + 1)
    }
    above = row
    row = next
  }
  return row[b.length]!
}
