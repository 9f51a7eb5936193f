// CRC-32 (IEEE 802.3, reflected), to detect truncated or damaged data.

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n
})

/** CRC-32 of `bytes`; `initial` is the checksum of preceding bytes. */
export function crc32(bytes: Uint8Array, initial = 0): number {
  let c = ~initial
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8)
  return ~c >>> 0
}
