// Resolves a word to a text: an existing file, which is imported, else the id or the name of an imported text.
import { Option } from 'commander'
import { statSync, type Stats } from 'node:fs'
import type { RunConfigInput } from '../../contract/config.ts'
import type { Dataset, DatasetDetail } from '../../contract/data.ts'
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { ImportSettings } from '../../contract/importing.ts'
import type { App } from '../appInterface.ts'
import { userPath } from '../userPath.ts'
import type { Output } from './output.ts'

/** For every command that may import a text. */
export const decodeOption = (): Option =>
  new Option(
    '--decode <how>',
    'how to read a file that is not UTF-8: an encoding such as windows-1252 or shift_jis, replace or skip',
  )

/** The stats of a path; undefined if nothing exists there. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(userPath(path), { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
const isFile = (path: string) => lookAt(path)?.isFile() === true
const looksLikePath = (word: string) => /[./\\~]/.test(word)

/** The text with this id, else the only one with this name; undefined if there is none. E_ARG if several have the name. */
function known(texts: readonly Dataset[], word: string): Dataset | undefined {
  const byId = texts.find(({ id }) => id === word)
  if (byId) return byId
  const named = texts.filter(({ name }) => name === word)
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(', ')
    throw new UnrollError(
      'E_ARG',
      `${word.slice(0, 80)}: ${named.length} texts have this name. Give the id: ${ids}.`,
    )
  }
  return named[0]
}

const near = (texts: readonly Dataset[], word: string): string | undefined =>
  nearest(
    word,
    texts.flatMap(({ id, name }) => [id, name]),
  )

const orNear = (texts: readonly Dataset[], word: string): string => {
  const name = near(texts, word)
  return name === undefined ? '. "unroll data" lists them.' : `; did you mean ${name}?`
}

/** An imported text. E_NOT_FOUND with the nearest id or name. */
export async function findText(app: App, word: string): Promise<Dataset> {
  const texts = await app.call('data.list', {})
  const found = known(texts, word)
  if (found) return found
  const shown = word.slice(0, 80)
  const here = isFile(word) ? ` A file of this name is here: take it in with "unroll data import".` : ''
  throw new UnrollError('E_NOT_FOUND', `${shown}: no text has this id or name${orNear(texts, word)}${here}`)
}

/** How a file is imported. */
export interface ImportOptions {
  decode?: string | undefined
  settings?: ImportSettings
  /** A second file, whose lines pair with those of the first. */
  target?: string | undefined
}

export const importFile = (
  app: App,
  path: string,
  { decode = 'strict', settings = {}, target }: ImportOptions = {},
): Promise<DatasetDetail> =>
  app.call(
    'data.importFile',
    { path: userPath(path), decode, settings, ...(target !== undefined && { target: userPath(target) }) },
    { local: true },
  )

/** The id of the text that `--data` means. E_NOT_FOUND, with the nearest name, if it is neither file nor text. */
export async function datasetOf(app: App, out: Output, word: string, decode?: string): Promise<string> {
  const texts = await app.call('data.list', {})
  const found = known(texts, word)
  if (isFile(word)) {
    const { id } = await importFile(app, word, { decode })
    if (found && found.id !== id)
      out.note(
        `--data ${word}: the file was taken. The text ${found.id} is another one: --set data.dataset=${found.id}, without --data, reads that.`,
      )
    return id
  }
  if (found) return found.id
  if (lookAt(word) || (looksLikePath(word) && near(texts, word) === undefined))
    return (await importFile(app, word, { decode })).id
  throw new UnrollError(
    'E_NOT_FOUND',
    `--data ${word.slice(0, 80)}: neither a file nor a text${orNear(texts, word)}`,
  )
}

/** The configuration with a text's name replaced by its id. */
export async function withTextId(app: App, config: RunConfigInput): Promise<RunConfigInput> {
  const { data } = config
  if (!data || !('dataset' in data) || typeof data.dataset !== 'string') return config
  const found = known(await app.call('data.list', {}), data.dataset)
  return found ? { ...config, data: { ...data, dataset: found.id } } : config
}
