// Formats numbers, times and tables for the terminal: four significant digits, aligned columns.
import { adviceInTerminal } from '../../contract/advice.ts'
import type { ErrorValue } from '../../contract/errors.ts'
import type { RunRow } from '../../contract/run.ts'
import { largest } from '../../contract/longLists.ts'

/** The flag for the encoding of a file; every command that reads a text has it. */
const decodeHint = (code: ErrorValue['code'], details: ErrorValue['details']): string =>
  code === 'E_UTF8' || code === 'E_ENCODING' ? `; --decode ${details?.encoding ?? 'windows-1252'}` : ''

/** An error for the terminal: the message with its code, and the command line that it advises. */
export const errorLines = ({ message, code, details }: ErrorValue): string[] => [
  `${message} (${code}${decodeHint(code, details)})`,
  ...(details?.advice ? [`try: ${adviceInTerminal(details.advice)}`] : []),
]

/** A measurement: four significant digits; NaN and infinities by name; an em dash if missing. */
export function figure(value: number | null | undefined): string {
  if (value == null) return '—'
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value)
  const size = Math.abs(value)
  const rounded = Number(value.toPrecision(4))
  return size >= 1e6 || size < 1e-3 ? rounded.toExponential() : String(rounded)
}

/** The status of a run, and whether it is in the trash. */
export const standing = ({ status, trashedAt }: Pick<RunRow, 'status' | 'trashedAt'>): string =>
  trashedAt === null ? status : `${status}, in the trash`

/** 41234 -> "41.2k". */
export const rate = (value: number): string =>
  value >= 1e6
    ? `${(value / 1e6).toFixed(1)}M`
    : value >= 1e3
      ? `${(value / 1e3).toFixed(1)}k`
      : value.toFixed(0)

/** Seconds as m:ss or h:mm:ss. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${figure(Number((bytes / 1000 ** power).toPrecision(3)))} ${units[power]}`
}

/** Rows under headings; columns whose heading ends in `>` are right-aligned. The last column is not padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const right = headings.map((heading) => heading.endsWith('>'))
  const all = [headings.map((heading) => heading.replace(/>$/, '')), ...rows].map((row) =>
    row.map((cell) => cell.replaceAll(/\s/g, ' ')),
  )
  const widths = headings.map((_, i) => largest(all.map((row) => [...(row[i] ?? '')].length)))
  return all.map((row) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat(widths[i]! - [...cell].length)
        return right[i] ? space + cell : i === row.length - 1 ? cell : cell + space
      })
      .join('  ')
      .trimEnd(),
  )
}
