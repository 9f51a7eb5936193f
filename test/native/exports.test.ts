// The addon's table of functions and its typed face say the same.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { addon, allIsas, isas } from './backends.ts'

it('exports what index.d.ts declares', () => {
  const types = readFileSync(new URL('../../native/index.d.ts', import.meta.url), 'utf8')
  const body = types.slice(types.indexOf('interface Addon'))
  const declared = [...body.matchAll(/^ {2}(\w+)\(/gm)].map((match) => match[1])
  expect(declared.sort()).toEqual(Object.keys(addon).sort())
})

it('takes the fastest instruction set, and the portable one always runs', () => {
  expect(addon.isa()).toBe(allIsas[0])
  expect(isas).toContain('portable')
  expect(allIsas[0]).not.toMatch(/avx2x16/)
})

it('finds 64-byte boundaries', () => {
  for (const bytes of [1, 64, 4096, 1 << 20]) {
    const skip = addon.align(new ArrayBuffer(bytes))
    expect(skip).toBeGreaterThanOrEqual(0)
    expect(skip).toBeLessThan(64)
  }
})

it('asks for large pages under buffers of any size', () => {
  for (const bytes of [0, 64, 1 << 20, 5 << 20]) {
    const buffer = new ArrayBuffer(bytes)
    addon.largePages(buffer)
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true)
  }
})

it('measures a plausible peak', () => {
  // A sanitized build has no speed to speak of.
  expect(addon.fmaPeak(20)).toBeGreaterThan(process.env.UNROLL_NATIVE === undefined ? 1 : 0)
})
