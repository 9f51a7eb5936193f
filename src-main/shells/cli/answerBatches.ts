// Texts of the command line, of a file or of standard input with the answers of a run, in batches, so that no file is held whole.
import type { AnsweredText } from '../../contract/apply.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { RunRow } from '../../contract/run.ts'
import type { App } from '../appInterface.ts'
import { columnTexts } from './columnTexts.ts'
import { filePieces, linesOf } from './inputLines.ts'
import type { Cli } from './run.ts'

/** Texts of one call, at most, and their characters. */
const [maxTexts, maxCharacters] = [1000, 1 << 20]

/** The texts and how they are answered. */
export interface GivenTexts {
  text?: string[]
  /** One text per line; `-`: standard input. */
  file?: string
  /** Name or number of the column of a table that holds the texts. */
  column?: string
  decode?: string
  top?: number
  step?: number
  beam?: number
  lengthPenalty?: number
}

/** Consecutive texts with their answers. */
export interface Batch {
  texts: string[]
  answers: AnsweredText[]
  /** Number of the first text, from 1. */
  first: number
  step: number
}

/** The texts of the flags with their answers, in batches. Errors name the line of a file. */
export async function* answersInBatches(
  cli: Cli,
  app: App,
  { id, task }: RunRow,
  flags: GivenTexts,
): AsyncGenerator<Batch> {
  const { file, text = [], column, top, step, beam, lengthPenalty, decode = 'strict' } = flags
  const pieces = file === '-' ? cli.host.stdin : file === undefined ? undefined : filePieces(file)
  const name = file === '-' ? 'standard input' : file
  const whereIs = (n: number) => (name === undefined ? (text.length > 1 ? `text ${n}` : '--text') : `${name}: ${column === undefined ? 'line' : 'row'} ${n}`) // prettier-ignore
  const lines = pieces && linesOf(pieces, name!, decode)
  const given = lines && column !== undefined ? columnTexts(lines, column, name!) : (lines ?? text)
  let first = 1
  for await (const texts of batchesOf(given)) {
    const tab = first === 1 && file !== undefined && column === undefined && texts[0]!.includes('\t')
    if (tab) cli.out.note(`${whereIs(1)} has a tab, which is read as a space: a line holds a text alone, without its answer`) // prettier-ignore
    const from = first
    const answer = await app
      .call('apply.texts', { id, texts, top, step, beam, lengthPenalty, ngram: task.abilities.ngram })
      .catch((error: unknown) => {
        throw withPlace(error, (i) => whereIs(from + i))
      })
    yield { texts, first, ...answer }
    first += texts.length
  }
  if (first === 1)
    throw new UnrollError('E_DATA_EMPTY', `${name}: it has no line. Give it one text per line.`)
}

async function* batchesOf(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = []
  let characters = 0
  for await (const text of texts) {
    batch.push(text)
    characters += text.length
    if (batch.length < maxTexts && characters < maxCharacters) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}

/** The error with the place of the text in place of its index in the call. */
function withPlace(error: unknown, whereIs: (index: number) => string): unknown {
  const path = error instanceof UnrollError ? /^texts\.(\d+)$/.exec(error.details?.path ?? '') : null
  if (!path) return error
  const { code, message, details } = error as UnrollError
  return new UnrollError(code, message.replaceAll(path[0], whereIs(Number(path[1]))), details)
}
