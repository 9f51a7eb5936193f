// `unroll apply RUN` for a run that classifies images: the classes of the images of a file.
import { basename, dirname } from 'node:path'
import { imageTable } from '../../contract/applyImages.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { RunRow } from '../../contract/run.ts'
import { tableFormatOf, tableFormats } from '../../contract/tableFile.ts'
import { writePieces } from '../../store/files.ts'
import type { App } from '../appInterface.ts'
import { readInputFile } from '../inputFile.ts'
import { userPath } from '../userPath.ts'
import { figure, table } from './format.ts'
import { refuseFlags } from './options.ts'
import type { SeriesFlags } from './appliedSeries.ts'
import type { Cli } from './run.ts'

/** Bytes of a file of images, at most. */
const maxBytes = 200 * 2 ** 20
/** Classes that are printed without --top. */
const usualTop = 3

/** Throws E_ARG for flags of other kinds of runs. */
export function checkImageFlags(flags: SeriesFlags): void {
  refuseFlags(flags, ['text', 'column', 'beam', 'lengthPenalty', 'decode'], 'that is for texts')
  refuseFlags(flags, ['values', 'ahead'], 'that is for runs that forecast series')
  if (flags.file === undefined)
    throw new UnrollError('E_ARG', 'no image: give a PNG, JPEG, IDX or .npy file with --file.')
}

/** Prints the classes of the images, or writes them to `out`. */
export async function classifyImages(cli: Cli, app: App, run: RunRow, flags: SeriesFlags): Promise<void> {
  const { out } = cli
  const { step, top, invert = false } = flags
  const bytes = await readInputFile(flags.file!, maxBytes, 'E_TOO_LARGE')
  const files = [{ name: basename(flags.file!), bytes }]
  const answer = await app.call('apply.images', { id: run.id, step, top, invert, files })
  if (flags.out === undefined) {
    const { pictures: _, ...plain } = answer
    out.object({ run: run.id, ...plain })
    const [heading, ...rows] = imageTable(answer, top ?? usualTop)
    const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)))
    for (const line of table(heading!.map(String), cells)) out.line(line)
    return
  }
  const [heading, ...rows] = imageTable(answer, top ?? Infinity)
  const path = userPath(flags.out)
  const { write } = tableFormats[tableFormatOf(path)!]
  const text = new TextEncoder().encode(write(heading!.map(String), rows, true))
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield text
  }
  await writePieces(dirname(path), pieces(), () => basename(path))
  out.object({ run: run.id, step: answer.step, file: path, images: rows.length, bytes: text.length })
  out.line(`${path}  ${rows.length} images`)
}
