// `unroll sample RUN` of a music model: continues a piece, prints the notes of each frame, or writes them as MIDI files.
import { readFile, stat } from 'node:fs/promises'
import { UnrollError } from '../../contract/errors.ts'
import { readPieces, writeMeter } from '../../contract/music/pieces.ts'
import { midiFile } from '../../contract/music/writeMidi.ts'
import { diskError } from '../../store/files.ts'
import type { App } from '../appInterface.ts'
import { userPath } from '../userPath.ts'
import { frameText } from './music.ts'
import { checkNewFile, writeNewFile } from './newFile.ts'
import { refuseFlags } from './options.ts'
import type { Cli } from './run.ts'
import type { SampleFlags } from './sampleFlags.ts'

/** `tune.mid` -> `tune-2.mid` for the second of several continuations. */
const numbered = (path: string, n: number, count: number): string =>
  count === 1 ? path : path.replace(/(\.midi?)$/i, `-${n + 1}$1`)

export async function generateMusic({ out }: Cli, app: App, id: string, flags: SampleFlags): Promise<number> {
  refuseFlags(
    flags,
    ['topK', 'topP', 'unknown', 'intervene', 'rows', 'picture'],
    'this run generates music; the flag is for text or images',
  )
  const { prime, midi, piece, out: file, force = false, count = 1, ...settings } = flags
  if (prime !== undefined || midi !== undefined)
    refuseFlags(flags, ['piece'], 'another piece is given to continue')
  if (file === undefined) refuseFlags(flags, ['force'], 'that is for --out')
  const path = file === undefined ? undefined : userPath(file)
  if (path !== undefined) {
    if (!/\.midi?$/i.test(path))
      throw new UnrollError('E_ARG', `--out: ${file}: the file must end in .mid or .midi.`)
    for (let n = 0; n < count; n++) checkNewFile(numbered(path, n, count), force)
  }
  const answer = await app.call('sample.music', {
    id,
    count,
    ...settings,
    ...(piece !== undefined && { example: piece }),
    ...(prime !== undefined && { prime }),
    ...(midi !== undefined && { midi: await bytesOf(userPath(midi)) }),
  })
  const { pieces, given, seed, step, example, warnings } = answer
  const music = pieces.map((text) => readPieces(`${writeMeter(answer)}\n${text}`)[0]!)
  const files = path === undefined ? [] : music.map((_, n) => numbered(path, n, count))
  for (const [n, name] of files.entries()) await writeNewFile(name, midiFile(music[n]!), force)
  music.forEach(({ frames }, n) => {
    if (files[n] !== undefined) return out.line(`${files[n]}  ${frames.length} frames`)
    if (count > 1) out.line(`${n > 0 ? '\n' : ''}continuation ${n + 1}`)
    const width = String(frames.length).length
    frames.forEach((frame, t) =>
      out.line(`${String(t + 1).padStart(width)} ${t < given ? ' ' : '>'} ${frameText(frame)}`),
    )
  })
  const source = example === null ? '' : ` of held-out piece ${example}`
  out.line(`\n${given} frames${source} given, step ${step}, seed ${seed}`)
  if (!out.json) for (const { message } of warnings) out.note(message)
  out.object({ run: id, ...answer, ...(files.length > 0 && { files }) })
  return 0
}

/** The bytes of a file that the user named; refuses folders, pipes and devices. */
async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).isFile()) return Uint8Array.from(await readFile(path))
  } catch (error) {
    throw diskError(error, path)
  }
  throw new UnrollError('E_NOT_A_FILE', `${path}: this is no file. Choose a MIDI file.`)
}
