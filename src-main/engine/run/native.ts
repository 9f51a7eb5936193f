// Loads the native addon (no other file does) and runs programs on arenas that JavaScript owns.
import { largest } from '../../contract/longLists.ts'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Addon } from '../../../native/index.d.ts'
import { encode } from '../compile/encode.ts'
import type { Program } from '../compile/program.ts'
import type { Executable, Executor, RunOptions } from './executor.ts'
import { sharedArena, slotAccess } from './slots.ts'

/** Threads and instruction set. */
export interface NativeOptions {
  /** Threads per run, the caller included; default 1. The bits of the results do not depend on it. */
  threads?: number
  /** Instruction set, for tests; default the fastest. */
  isa?: string
}

/** The reason why the native core cannot be used. */
export interface Unavailable {
  unavailable: string
}

const alignment = 64
const built = join('native', 'build', 'Release', 'unroll.node')

/** Path of the addon: in the nearest parent folder with a compiled core, or UNROLL_NATIVE (another build, such as a sanitized one). */
function locate(): string | undefined {
  const named = process.env.UNROLL_NATIVE
  if (named !== undefined) return existsSync(named) ? named : undefined
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, built)
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return undefined
  }
}

/** The addon itself, for benchmarks and tests; programs run through loadNative. */
export function loadAddon(): Addon | Unavailable {
  const path = locate()
  if (!path) return { unavailable: `${built} is missing; run "npm run build:native"` }
  try {
    return createRequire(import.meta.url)(path) as Addon
  } catch (error) {
    return {
      unavailable: `${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

/** The native executor, or the reason why it is unavailable; throws RangeError if this machine does not support `isa`. */
export function loadNative({ threads = 1, isa }: NativeOptions = {}): Executor | Unavailable {
  const addon = loadAddon()
  if ('unavailable' in addon) return addon
  const usual = addon.isa()
  if (isa !== undefined && !addon.supported().includes(isa)) {
    throw new RangeError(
      `Instruction set "${isa}" is not supported here; there are ${addon.supported().join(', ')}`,
    )
  }
  const withIsa = <T>(ask: () => T): T => {
    if (isa !== undefined) addon.setIsa(isa)
    try {
      return ask()
    } finally {
      if (isa !== undefined) addon.setIsa(usual)
    }
  }
  const load = (program: Program, beside?: Executable) =>
    withIsa(() => loadProgram(addon, program, threads, beside))
  const scratchBytes = (programs: readonly Program[]) =>
    withIsa(() => Math.max(0, largest(programs.map((program) => scratchBytesOf(addon, program, threads)))))
  const description = `native ${isa ?? usual}, ${threads} thread${threads === 1 ? '' : 's'}`
  return {
    id: 'native',
    description,
    bytesPerElement: 4,
    rounded: withIsa(() => addon.rounded()),
    load,
    scratchBytes,
  }
}

function loadProgram(addon: Addon, program: Program, threads: number, beside?: Executable): Executable {
  const { code, consts } = encode(program)
  const handle = addon.load(code, consts, program.size)
  let arena = beside ? sharedArena<Float32Array>(program, beside) : newArena(addon, program.size)
  const run = ({ seed, step, cancel }: RunOptions): boolean =>
    addon.run(handle, arena, seed[0] >>> 0, seed[1] >>> 0, step >>> 0, cancel ?? null, threads)
  const dispose = () => {
    addon.dispose(handle)
    arena = new Float32Array(0)
  }
  const access = slotAccess(program, () => arena)
  return {
    program,
    get memory() {
      return arena
    },
    ...access,
    run,
    dispose,
  }
}

/** Decodes the program, without running it, to learn its need of scratch memory. */
function scratchBytesOf(addon: Addon, program: Program, threads: number): number {
  const { code, consts } = encode(program)
  const handle = addon.load(code, consts, program.size)
  try {
    return addon.scratch(handle, threads)
  } finally {
    addon.dispose(handle)
  }
}

function newArena(addon: Addon, size: number): Float32Array {
  const buffer = new ArrayBuffer(size * 4 + alignment)
  addon.largePages(buffer)
  return new Float32Array(buffer, addon.align(buffer), size)
}
