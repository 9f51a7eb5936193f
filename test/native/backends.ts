// The native executors that run here, and how closely they must follow the reference.
import { loadAddon, loadNative } from '../../src-main/engine/run/native.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import type { Instruction } from '../../src-main/engine/compile/program.ts'
import { execute, programOf } from './programs.ts'

const loaded = loadAddon()
if ('unavailable' in loaded) throw new Error(`The native tests need the native core: ${loaded.unavailable}`)

export const addon = loaded
/** Tables that differ in products of rounded factors alone are named after the unit that makes them. */
export const allIsas = addon.supported()
export const isas = allIsas.filter((isa) => !isa.endsWith('-amx'))
export const reference = referenceExecutor()

export function native(isa: string, threads = 1): Executor {
  const executor = loadNative({ isa, threads })
  if ('unavailable' in executor) throw new Error(executor.unavailable)
  return executor
}

/** Smallest normal f32: below it the native core counts as 0. */
const tiny = 2 ** -126

/** |got - expected| in units of the allowed error; NaN and infinities must be the same. */
function excess(got: number, expected: number, relative: number, absolute: number): number {
  const rounded = Math.fround(expected)
  if (!Number.isFinite(rounded) || !Number.isFinite(got)) return Object.is(got, rounded) ? 0 : Infinity
  return Math.abs(got - expected) / (relative * Math.abs(expected) + absolute + tiny)
}

/** Runs natively and by the reference on f32 values; the first element that differs by more, or null. */
export function compare(
  executor: Executor,
  size: number,
  code: Instruction[],
  memory: ArrayLike<number>,
  { relative = 1e-5, absolute = 1e-6 } = {},
): string | null {
  const start = Float32Array.from(memory)
  const expected = execute(reference, programOf(size, code), start)
  return difference(executor, size, code, start, expected, { relative, absolute })
}

/** The same against results that are known. */
export function difference(
  executor: Executor,
  size: number,
  code: Instruction[],
  memory: ArrayLike<number>,
  expected: readonly number[],
  { relative = 1e-5, absolute = 1e-6 } = {},
): string | null {
  const got = execute(executor, programOf(size, code), memory)
  const i = got.findIndex((value, i) => !(excess(value, expected[i]!, relative, absolute) <= 1))
  return i < 0 ? null : `${executor.description}: element ${i} is ${got[i]}, expected ${expected[i]}`
}
