// Encodes points and summaries as bytes and decodes them. A wrong length or checksum decodes to undefined.
import type { MetricChunk, MetricSummary } from '../contract/run.ts'
import type { Points } from '../contract/thin.ts'
import { isSound } from './checksum.ts'

const bytesPerPoint = 24
const summaryFields = ['count', 'last', 'lastStep', 'min', 'minStep', 'max', 'maxStep'] as const

const bigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0

/** f64 values as little-endian bytes; exact for NaN, infinities, -0 and denormals. */
export function toBytes(...columns: Float64Array[]): Buffer {
  const all = Buffer.concat(
    columns.map((column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength)),
  )
  return bigEndian ? all.swap64() : all
}

export function fromBytes(bytes: Uint8Array): Float64Array {
  const copy = Buffer.from(bytes)
  if (bigEndian) copy.swap64()
  const values = new Float64Array(copy.length / 8)
  new Uint8Array(values.buffer).set(copy)
  return values
}

export function encodeSummary(summary: MetricSummary): Buffer {
  return toBytes(Float64Array.from(summaryFields, (field) => summary[field]))
}

export interface SummaryRow {
  summary: unknown
  checksum: number | null
}

/** A summary from its blob; undefined if the blob is damaged. */
export function decodeSummary(
  name: string,
  { summary: blob, checksum }: SummaryRow,
): MetricSummary | undefined {
  if (!(blob instanceof Uint8Array) || blob.length !== 8 * summaryFields.length) return undefined
  if (!isSound(checksum, name, blob)) return undefined
  const values = fromBytes(blob)
  const [count, last, lastStep, min, minStep, max, maxStep] = values as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return { name, count, last, lastStep, min, minStep, max, maxStep }
}

export const emptySummary = (name: string): MetricSummary => {
  return { name, count: 0, last: NaN, lastStep: NaN, min: NaN, minStep: NaN, max: NaN, maxStep: NaN }
}

/** Updates a summary with points. NaN is never min or max; the last value may be NaN. */
export function accumulate(
  summary: MetricSummary,
  { steps, values }: Pick<MetricChunk, 'steps' | 'values'>,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const step = steps[i]!
    summary.count++
    summary.last = value
    summary.lastStep = step
    if (Number.isNaN(value)) continue
    if (!(summary.min <= value)) [summary.min, summary.minStep] = [value, step]
    if (!(summary.max >= value)) [summary.max, summary.maxStep] = [value, step]
  }
}

export interface ChunkRow {
  id: number
  count: number
  first_step: number
  last_step: number
  points: unknown
  checksum: number | null
}

/** The columns of a chunk; undefined if its length or its checksum is wrong. */
export function decode({
  count,
  first_step,
  last_step,
  points,
  checksum,
}: Omit<ChunkRow, 'id'>): Points | undefined {
  if (
    !(points instanceof Uint8Array) ||
    !Number.isSafeInteger(count) ||
    points.length !== count * bytesPerPoint ||
    !isSound(checksum, first_step, last_step, points)
  )
    return undefined
  const all = fromBytes(points)
  return { steps: all.slice(0, count), values: all.slice(count, 2 * count), times: all.slice(2 * count) }
}
