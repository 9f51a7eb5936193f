// Texts for workers: loaded, hashed, cached. The validation part is split as in the engine.
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import type { RunConfig } from '../contract/config.ts'
import { UnrollError } from '../contract/errors.ts'
import { corpusSymbols } from '../contract/inspect.ts'
import {
  heldOutNumbers,
  needsWholeText,
  readsLines,
  readsNumbers,
  validationExcerpt,
  validationLines,
  type TextLine,
} from '../engine/tasks/index.ts'
import { wholeText, type Text, type TextSource } from '../engine/data/source.ts'
import { wholeSequences } from './detectEncoding.ts'
import type { Engine } from './engine.ts'
import type { FileRef, TextRef } from './protocol.ts'

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

function readBytes(path: string, what: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw unreadable(error, what)
  }
}

function unreadable(error: unknown, what: string): UnrollError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return new UnrollError(
    'E_NOT_FOUND',
    `${what} cannot be read (${code}). It may have been removed by hand.`,
    { advice: { action: 'doctor' } },
  )
}

const changedText = () =>
  new UnrollError(
    'E_DATA_CHANGED',
    'The text is not the one that this run was started with (its SHA-256 differs). Start a new run on the new text.',
    { advice: { action: 'train' } },
  )

/** Longer texts are streamed. */
export const shortText = 1 << 24
const pieceBytes = 1 << 20
/** V8's strings end at 2^29 - 24 characters. */
const longestText = 2 ** 29 - 24
/** Bytes, string and words are in memory at the same time. */
const memoryPerByte = 8
const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`

/** Throws E_TOO_LARGE_FOR_MEMORY for a text that cannot be split into words here. */
export function refuseWords(size: number, available = process.availableMemory()): void {
  const most = Math.min(longestText, Math.floor(available / memoryPerByte))
  if (size <= most) return
  throw new UnrollError(
    'E_TOO_LARGE_FOR_MEMORY',
    `data.unit: the text has ${mb(size)}; by words at most ${mb(most)} can be read here (${mb(available)} of memory are free). Read it by characters, or take a part of it.`,
    { path: 'data.unit' },
  )
}

/**
 * A long text, streamed from its file at each call. Unless the file is unchanged since the last complete reading, its hash is compared:
 * E_DATA_CHANGED at the end.
 */
function fileSource(path: string, expected: string | undefined): TextSource {
  let checked = ''
  function* chunks(): Generator<string, void, void> {
    const file = openText(path)
    try {
      const { size, mtimeMs } = fstatSync(file)
      const state = `${size} ${mtimeMs}`
      const hash = expected && checked !== state ? createHash('sha256') : undefined
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      const bytes = new Uint8Array(pieceBytes)
      // Incomplete sequences are prepended to the next piece: TextDecoder's stream mode is slow.
      for (let held = 0; ;) {
        const read = readSync(file, bytes, held, pieceBytes - held, null)
        hash?.update(bytes.subarray(held, held + read))
        const end = held + read
        const cut = read === 0 ? end : wholeSequences(bytes.subarray(0, end))
        if (cut > 0) yield decoder.decode(bytes.subarray(0, cut))
        if (read === 0) break
        bytes.copyWithin(0, cut, end)
        held = end - cut
      }
      if (hash && hash.digest('hex') !== expected) throw changedText()
      checked = state
    } finally {
      closeSync(file)
    }
  }
  return { chunks }
}

function openText(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw unreadable(error, 'the text')
  }
}

function textOfFile(path: string, expected: string | undefined, unit: 'char' | 'word'): Text {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 }
  if (unit === 'word') refuseWords(size)
  if (size > shortText) {
    const source = fileSource(path, expected)
    return unit === 'word' ? wholeText(source) : source
  }
  const text = readBytes(path, 'the text').toString('utf8')
  if (expected && sha256(text) !== expected) throw changedText()
  return text
}

/** Character tokenisation streams the text; words and lines of examples need it whole. */
export const loadedAs = (config: Pick<RunConfig, 'task' | 'data'>): 'char' | 'word' =>
  needsWholeText(config) ? 'word' : 'char'

/** The text; '' for tasks without one. Throws E_NOT_FOUND, E_TOO_LARGE_FOR_MEMORY, or E_DATA_CHANGED if its hash differs. */
export function loadText(ref: TextRef | null, engine: Engine, unit: 'char' | 'word' = 'char'): Text {
  if (ref === null) return ''
  const text = 'builtin' in ref ? engine.builtinText(ref.builtin) : textOfFile(ref.path, ref.sha256, unit)
  if (text === undefined)
    throw new UnrollError(
      'E_NOT_FOUND',
      'data.dataset: there is no such text. Choose one from the list of texts.',
      { advice: { action: 'texts' } },
    )
  if ('builtin' in ref && ref.sha256 && sha256(wholeText(text)) !== ref.sha256) throw changedText()
  return text
}

/** The bytes of a file. Throws E_NOT_FOUND, or E_MODEL_CHECKSUM if the hash differs. */
export function loadFile({ path, sha256: expected }: FileRef): Uint8Array {
  const bytes = readBytes(path, 'the checkpoint')
  if (sha256(bytes) !== expected) {
    throw new UnrollError(
      'E_MODEL_CHECKSUM',
      'The checkpoint file is damaged (its SHA-256 differs). Choose another checkpoint.',
    )
  }
  return bytes
}

const keep = 2
const loaded = new Map<string, Text>()

/** loadText with a cache; of a long text only its counts are cached. */
export function cachedText(ref: TextRef | null, engine: Engine, unit: 'char' | 'word' = 'char'): Text {
  const key = JSON.stringify([ref, unit])
  const text = loaded.get(key) ?? loadText(ref, engine, unit)
  loaded.delete(key)
  loaded.set(key, text)
  if (loaded.size > keep) loaded.delete(loaded.keys().next().value!)
  return text
}

/** The text that a probe reads, from its command's input. */
export interface TextInput {
  text?: string | undefined
  offset?: number
  length: number
}

/** The typed text, or `length` symbols of the run's validation text (of the whole text if nothing was held out); '' if the run reads numbers. Throws E_ARG. */
export function textToInspect(
  { text: typed, offset = 0, length }: TextInput,
  own: TextRef | null,
  config: RunConfig,
  engine: Engine,
): string {
  if (typed !== undefined) return typed
  if (readsNumbers(config)) return ''
  const found = own && validationExcerpt(cachedText(own, engine, loadedAs(config)), config, offset, length)
  if (!found) {
    throw new UnrollError('E_ARG', 'text: this run has no text of its own to show. Type one.', {
      path: 'text',
    })
  }
  const { text, symbols } = found
  if (offset >= symbols) {
    throw new UnrollError(
      'E_ARG',
      `offset: ${offset} is past the end; the validation text has ${symbols} symbols.`,
      { path: 'offset' },
    )
  }
  return text
}

/** The held-out sequences of a run that reads numbers, of at least `length` steps, read when they are asked for; undefined for other runs. Throws E_ARG for a text or an offset. */
export function numbersToInspect(
  { text: typed, offset = 0, length }: TextInput,
  own: TextRef | null,
  config: RunConfig,
  engine: Engine,
): (() => Float64Array[]) | undefined {
  if (!readsNumbers(config)) return undefined
  const refuse = (path: string, message: string) =>
    new UnrollError('E_ARG', `${path}: this run reads numbers, not symbols; ${message}`, { path })
  return () => {
    if (typed !== undefined) throw refuse('text', 'no text can be typed. Its held-out sequences are read.')
    if (offset > 0) throw refuse('offset', 'its held-out sequences are read from the first on.')
    return heldOutNumbers(config, own ? cachedText(own, engine, loadedAs(config)) : '', length)!
  }
}

/** The held-out lines of a run on lines, of `length` symbols in all, read when they are asked for; undefined for typed text and running text. */
export function linesToInspect(
  { text: typed, length }: TextInput,
  own: TextRef | null,
  config: RunConfig,
  engine: Engine,
): (() => TextLine[]) | undefined {
  if (typed !== undefined || own === null || !readsLines(config)) return undefined
  return () => validationLines(cachedText(own, engine, loadedAs(config)), config, length)!
}

/** The beginning of a run's own text, read when it is asked for; undefined for typed text, which stands for itself. */
export function corpusToInspect(
  { text: typed }: TextInput,
  own: TextRef | null,
  config: RunConfig,
  engine: Engine,
): (() => { text: string; lines?: (() => TextLine[]) | undefined }) | undefined {
  if (typed !== undefined || own === null) return undefined
  const part = { length: corpusSymbols }
  return () => ({
    text: textToInspect(part, own, config, engine),
    lines: linesToInspect(part, own, config, engine),
  })
}

/** Most symbols of the training text that are counted. */
const trainingSymbols = 1_000_000

/** The beginning of the training part of a run's text (of the whole text if nothing is held out), read when it is asked for. */
export function trainingText(
  own: TextRef | null,
  config: RunConfig,
  engine: Engine,
): (() => string) | undefined {
  if (own === null || !('validation' in config.data)) return undefined
  const whole = { ...config, data: { ...config.data, validation: 0 } } as RunConfig
  return () => {
    const text = cachedText(own, engine, loadedAs(config))
    const symbols = (of: RunConfig) => validationExcerpt(text, of, 0, 1)?.symbols ?? 0
    const training = symbols(whole) - symbols(config) || symbols(whole)
    return validationExcerpt(text, whole, 0, Math.min(training, trainingSymbols))?.text ?? ''
  }
}
