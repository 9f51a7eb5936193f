// Curves as CSV: name,step,value,time. Numbers as JavaScript writes them, so they come back to the bit; NaN, Infinity and -0 by name.
import { csvCell } from '../contract/csv.ts'
import type { MetricChunk } from '../contract/run.ts'

const number = (value: number) => (Object.is(value, -0) ? '-0' : String(value))

function linesOf({ name, steps, values, times }: MetricChunk): string {
  const label = csvCell(name)
  let lines = ''
  for (let i = 0; i < steps.length; i++)
    lines += `${label},${number(steps[i]!)},${number(values[i]!)},${number(times[i]!)}\n`
  return lines
}

/** The CSV in UTF-8, encoded chunk by chunk. */
export function metricsCsv(chunks: Iterable<MetricChunk>): Uint8Array {
  const encoder = new TextEncoder()
  const pieces = [encoder.encode('name,step,value,time\n')]
  for (const chunk of chunks) pieces.push(encoder.encode(linesOf(chunk)))
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
