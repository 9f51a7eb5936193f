// Texts for workers: read, hashed, kept while they are wanted again. The validation part is cut as the engine cuts it.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RunConfig } from '../contract/config.ts'
import { UnrollError } from '../contract/errors.ts'
import { prepareText, splitSymbols, writeSymbol } from '../engine/data/vocabulary.ts'
import type { Engine } from './engine.ts'
import type { FileRef, LookText, TextRef } from './protocol.ts'

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

function readBytes(path: string, what: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    throw new UnrollError(
      'E_NOT_FOUND',
      `${what} cannot be read (${code}). It may have been removed by hand; unroll doctor lists what is missing.`,
    )
  }
}

/** The text itself; '' for tasks without one. Throws E_NOT_FOUND, or E_DATA_CHANGED if it is not the text of this hash. */
export function loadText(ref: TextRef | null, engine: Engine): string {
  if (ref === null) return ''
  const text =
    'builtin' in ref ? engine.builtinText(ref.builtin) : readBytes(ref.path, 'the text').toString('utf8')
  if (text === undefined)
    throw new UnrollError(
      'E_NOT_FOUND',
      'data.dataset: there is no such text. Choose one from the list of texts.',
    )
  if (ref.sha256 && sha256(text) !== ref.sha256) {
    throw new UnrollError(
      'E_DATA_CHANGED',
      'The text is not the one that this run was started with (its SHA-256 differs). Start a new run on the new text.',
    )
  }
  return text
}

/** A file's bytes. Throws E_NOT_FOUND, or E_MODEL_CHECKSUM if they are not those that were saved. */
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
const loaded = new Map<string, string>()

function cachedText(ref: TextRef | null, engine: Engine): string {
  const key = JSON.stringify(ref)
  const text = loaded.get(key) ?? loadText(ref, engine)
  loaded.delete(key)
  loaded.set(key, text)
  if (loaded.size > keep) loaded.delete(loaded.keys().next().value!)
  return text
}
export { cachedText }

/** The text to look at: the typed one, or a stretch of the run's validation text (of all of it, where nothing was held back). */
export function textToLookAt(
  { typed, own, offset, length }: LookText,
  config: RunConfig,
  engine: Engine,
): string {
  if (typed !== undefined) return typed
  if (config.data.kind !== 'text' || own === null) {
    throw new UnrollError('E_ARG', 'text: this run has no text of its own to show. Type one.', {
      path: 'text',
    })
  }
  const { data } = config
  const symbols = splitSymbols(prepareText(cachedText(own, engine), data), data.unit)
  const held = Math.round(symbols.length * data.validation)
  const part = held >= 2 ? symbols.slice(symbols.length - held) : symbols
  if (offset >= part.length) {
    throw new UnrollError(
      'E_ARG',
      `offset: ${offset} is past the end; the validation text has ${part.length} symbols.`,
      { path: 'offset' },
    )
  }
  let text = ''
  let before = ''
  for (const symbol of part.slice(offset, offset + length)) {
    text += writeSymbol(before, symbol, data.unit)
    before = symbol
  }
  return text
}
