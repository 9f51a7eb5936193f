// Resolves a word to a run: an id, a unique beginning of an id, "last", or a unique name.
import { nearest, UnrollError } from '../../contract/errors.ts'
import type { RunRow } from '../../contract/run.ts'
import type { App } from '../appInterface.ts'

/** The run; with `trash`, one in the trash. E_NOT_FOUND with the nearest name; E_ARG if several match. */
export async function findRun(app: App, word: string, { trash = false } = {}): Promise<RunRow> {
  const { runs } = await app.call('runs.list', { limit: 10_000, trash })
  if (word === 'last') {
    const last = runs.reduce<RunRow | undefined>(
      (a, b) => (a && a.createdAt >= b.createdAt ? a : b),
      undefined,
    )
    if (last) return last
    throw new UnrollError(
      'E_NOT_FOUND',
      trash ? 'The trash is empty.' : 'There are no runs yet. Start one with "unroll train --preset prose".',
    )
  }
  const exact = runs.find((run) => run.id === word)
  if (exact) return exact
  if (/^[0-9a-z]{26}$/.test(word)) return (await app.call('runs.get', { id: word })).run
  const named = runs.filter((run) => run.name === word)
  const begun = /^[0-9a-z]{1,25}$/.test(word) ? runs.filter((run) => run.id.startsWith(word)) : []
  const fitting = named.length > 0 ? named : begun
  if (fitting.length === 1) return fitting[0]!
  const shown = word.slice(0, 100)
  if (fitting.length > 1) {
    const list = fitting.slice(0, 5).map((run) => `${run.id} (${run.name})`)
    throw new UnrollError(
      'E_ARG',
      `${shown}: ${fitting.length} runs fit: ${list.join(', ')}${fitting.length > 5 ? ', …' : ''}. Give more of the id.`,
    )
  }
  const near = nearest(
    word,
    runs.map((run) => run.name),
  )
  throw new UnrollError(
    'E_NOT_FOUND',
    `${shown}: no run has this id or name${near ? `; did you mean "${near}"?` : `. "unroll runs${trash ? ' --trash' : ''}" lists them.`}`,
  )
}
