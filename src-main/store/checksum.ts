// The checksum of a row's stored values: SQLite keeps what the disk gives back, so a flipped bit would be shown as a number of the run.
import { crc32 } from 'node:zlib'

type Stored = string | number | null | Uint8Array

/** CRC-32 over the values in this order. */
export function checksum(...values: Stored[]): number {
  return values.reduce<number>(
    (sum, value) => crc32(value instanceof Uint8Array ? value : `${String(value)}\0`, sum),
    0,
  )
}

/** True if `stored` is the checksum of `values`. Rows from before there were checksums have none and pass. */
export const isSound = (stored: number | null, ...values: Stored[]): boolean =>
  stored === null || stored === checksum(...values)
