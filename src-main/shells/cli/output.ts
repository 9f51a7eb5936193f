// Terminal output: lines, one JSON object per line with --json, and one progress line that is overwritten. On a terminal, control and
// bidirectional characters are shown as visible signs, so that no name can move the cursor; files and pipes get the original characters.
// A closed stdout is reported, never fatal.
import type { ErrorValue } from '../../contract/errors.ts'
import { escapeControls, escapeControlsInJson } from '../escapeControls.ts'
import { errorLines } from './format.ts'
import type { Host } from './host.ts'
import { toPlainJson } from './plainJson.ts'

/** Colours that the terminal supports: none, 256 or 24-bit. */
export type Colors = 0 | 256 | 24

export interface Output {
  json: boolean
  readonly colors: Colors
  readonly columns: number
  readonly tty: boolean
  /** A line on stdout; nothing with --json. */
  line(text?: string): void
  /** Text without a line end, or bytes, on stdout. */
  raw(chunk: string | Uint8Array): void
  /** A line with colour codes; the text in it must have escaped control characters. */
  painted(line: string): void
  /** A line on stderr, for people. */
  note(text: string): void
  /** One object on one line on stdout; nothing without --json. */
  object(value: unknown): void
  /** Replaces the progress line; '' removes it. Only on a terminal. */
  progress(text: string): void
  error(error: ErrorValue): void
}

export function colorsOf(env: Host['env'], tty: boolean): Colors {
  if (!tty || env['NO_COLOR'] || env['TERM'] === 'dumb') return 0
  return /^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '') ? 24 : 256
}

/** `onClosed` is called once when stdout was closed by its reader. */
export function createOutput(host: Host, onClosed: () => void): Output {
  const { stdout, stderr } = host
  const tty = stdout.isTTY === true
  const shown = (text: string) => (tty ? escapeControls(text) : text)
  let closed = false
  let drawn = false
  const lost = (error: NodeJS.ErrnoException) => {
    if (closed) return
    closed = true
    if (error.code !== 'EPIPE') process.exitCode = 74
    onClosed()
  }
  stdout.on('error', lost)
  stderr.on('error', () => undefined)
  const write = (chunk: string | Uint8Array) => void (closed || stdout.write(chunk))
  const erase = () => {
    if (drawn) write('\r\u001b[K')
    drawn = false
  }
  const output: Output = {
    json: false,
    colors: colorsOf(host.env, tty),
    tty,
    get columns() {
      return stdout.columns || 80
    },
    line(text = '') {
      erase()
      if (!output.json) write(`${shown(text)}\n`)
    },
    raw(chunk) {
      erase()
      write(typeof chunk === 'string' ? shown(chunk) : chunk)
    },
    painted(line) {
      erase()
      if (!output.json) write(`${line}\n`)
    },
    note(text) {
      erase()
      stderr.write(`${stderr.isTTY === true ? escapeControls(text) : text}\n`)
    },
    object(value) {
      if (!output.json) return
      const json = JSON.stringify(toPlainJson(value))
      write(`${tty ? escapeControlsInJson(json) : json}\n`)
    },
    progress(text) {
      if (!tty || output.json) return
      erase()
      if (text) write([...shown(text)].slice(0, output.columns - 1).join(''))
      drawn = text !== ''
    },
    error(error) {
      output.object({ event: 'error', ...error })
      output.note(`unroll: ${errorLines(error).join('\n')}`)
    },
  }
  return output
}
