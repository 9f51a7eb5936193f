// `unroll inspect RUN ... --export FILE`: the finding as a file instead of lines on the terminal. The ending of its name chooses the format.
import { UnrollError } from '../../contract/errors.ts'
import { colouredTextCsv, type ColouredText } from '../../contract/heat/colouredText.ts'
import { heatHtml } from '../../contract/heat/heatHtml.ts'
import { heatSvg } from '../../contract/heat/heatSvg.ts'
import { userPath } from '../userPath.ts'
import { size } from './format.ts'
import { writeNewFile } from './newFile.ts'
import type { Output } from './output.ts'

export interface FileFlags {
  export?: string
  force?: boolean
}

/** Formats of a coloured text by the ending of a file name. */
const textFormats: Record<string, (text: ColouredText) => string> = {
  '.html': heatHtml,
  '.svg': heatSvg,
  '.csv': colouredTextCsv,
}
const endings = Object.keys(textFormats)

/** Throws E_ARG for a name with an ending that the finding cannot have; by default those of a coloured text. */
export function checkFileName({ export: name }: FileFlags, allowed: readonly string[] = endings): void {
  if (name === undefined) return
  if (allowed.some((ending) => name.toLowerCase().endsWith(ending))) return
  const what = allowed.length === 1 ? 'this is a table; its file' : 'the file'
  throw new UnrollError('E_ARG', `--export: ${name}: ${what} must end in ${allowed.join(', ')}.`)
}

/** Writes a coloured text in the format of the name. */
export const writeColouredText = (flags: FileFlags, run: string, text: ColouredText, out: Output) =>
  writeFinding(
    flags,
    run,
    textFormats[endings.find((ending) => flags.export!.toLowerCase().endsWith(ending))!]!(text),
    out,
  )

/** Writes the content to the file of --export, and says so. Throws E_EXISTS without --force for a file that exists. */
export async function writeFinding(
  { export: name, force }: FileFlags,
  run: string,
  content: string,
  out: Output,
): Promise<void> {
  const path = userPath(name!)
  const bytes = new TextEncoder().encode(content)
  await writeNewFile(path, bytes, force === true)
  out.object({ run, file: path, bytes: bytes.length })
  out.line(`${path}  ${size(bytes.length)}`)
}
