// Checksums of rows. SQLite does not detect a bit that the disk flipped, so without them a wrong number would be shown.
import { crc32 } from 'node:zlib'

type Stored = string | number | null | Uint8Array

/** CRC-32 over the values in this order. */
export function checksum(...values: Stored[]): number {
  return values.reduce<number>(
    (sum, value) => crc32(value instanceof Uint8Array ? value : `${String(value)}\0`, sum),
    0,
  )
}

/** True if `stored` is the checksum of `values`. Rows older than the checksums have null and pass. */
export const isSound = (stored: number | null, ...values: Stored[]): boolean =>
  stored === null || stored === checksum(...values)
