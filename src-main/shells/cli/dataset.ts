// A word that means a text: the id of one that is there already, else a file, which is imported.
import { existsSync } from 'node:fs'
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { App } from '../face.ts'
import { userPath } from '../userPath.ts'

export type Decode = 'strict' | 'latin-1' | 'replace' | 'skip'

/** The dataset's id. E_NOT_FOUND with the near miss for a plain word that is neither. */
export async function datasetOf(app: App, word: string, decode: Decode = 'strict'): Promise<string> {
  const known = await app.call('data.list', {})
  if (known.some((dataset) => dataset.id === word)) return word
  if (/^[0-9a-z-]+$/.test(word) && !existsSync(word)) {
    const near = nearest(
      word,
      known.map((dataset) => dataset.id),
    )
    throw new UnrollError(
      'E_NOT_FOUND',
      `--data ${word.slice(0, 80)}: neither a file nor a text${near ? `; did you mean ${near}?` : '. "unroll data" lists them.'}`,
    )
  }
  return (await app.call('data.importFile', { path: userPath(word), decode }, { local: true })).id
}
