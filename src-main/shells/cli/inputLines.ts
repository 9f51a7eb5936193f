// The lines of a file or of standard input, read piece by piece. Only regular files are opened: a pipe or a device could block or never end.
import { open } from 'node:fs/promises'
import { constants } from 'node:fs'
import { UnrollError } from '../../contract/errors.ts'
import { systemError } from '../../contract/systemErrors.ts'
import { userPath } from '../userPath.ts'

const pieceBytes = 1 << 18

/** The bytes of a regular file in pieces. Throws E_PATH, E_NOT_A_FILE. */
export async function* filePieces(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(userPath(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: unknown) => {
      const { reason, advice } = systemError(error)
      throw new UnrollError('E_PATH', `${path}: ${reason}. ${advice}`)
    },
  )
  try {
    if (!(await handle.stat()).isFile())
      throw new UnrollError(
        'E_NOT_A_FILE',
        `${path}: not a regular file. Name a file, or - for standard input.`,
      )
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(pieceBytes), 0, pieceBytes)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

function decoderFor(decode: string) {
  if (decode === 'replace' || decode === 'skip') return new TextDecoder('utf-8')
  try {
    return new TextDecoder(decode === 'strict' ? 'utf-8' : decode, { fatal: true })
  } catch {
    throw new UnrollError(
      'E_ARG',
      `--decode: ${decode} is no encoding that is known here. Use its usual label.`,
    )
  }
}

/**
 * The lines of a text, without their line breaks; one at the very end does not begin another line. `name` names the text in errors; `decode`:
 * strict, replace, skip or an encoding. Throws E_UTF8, E_ENCODING with the line.
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
  decode: string,
): AsyncGenerator<string> {
  const decoder = decoderFor(decode)
  let count = 0
  let rest = ''
  const text = (piece?: Uint8Array) => {
    try {
      const decoded = decoder.decode(piece, { stream: piece !== undefined })
      return decode === 'skip' ? decoded.replaceAll('\ufffd', '') : decoded
    } catch {
      const [code, what] =
        decode === 'strict' ? (['E_UTF8', 'UTF-8'] as const) : (['E_ENCODING', decode] as const)
      throw new UnrollError(code, `${name}: not ${what}, in line ${count + 1} or soon after it.`, {
        line: count + 1,
      })
    }
  }
  for await (const piece of pieces) {
    const lines = (rest + text(piece)).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    for (const line of lines) {
      count++
      yield line
    }
  }
  rest += text()
  if (rest !== '') yield rest.replace(/\r$/, '')
}
