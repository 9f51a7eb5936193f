// The typed face of the addon. Only src-main/engine/run/native.ts loads it. Wrong types throw TypeError, wrong values RangeError.

/** A decoded program; freed by dispose or by the collector. */
export interface ProgramHandle {
  readonly __program: unique symbol
}

export interface Addon {
  /**
   * Decodes and checks a program (compile/encode.ts) over an arena of `size` elements, for the instruction set in use. Throws RangeError
   * when a view can leave the arena, a shape does not fit its kernel or an output overlaps itself.
   */
  load(code: Int32Array, consts: Float64Array, size: number): ProgramHandle
  /** Runs once over the arena; seed and step are unsigned 32-bit words. False when cancel[0] became non-zero between two loop iterations. */
  run(
    handle: ProgramHandle,
    arena: Float32Array,
    seedLo: number,
    seedHi: number,
    step: number,
    cancel: Int32Array | null,
    threads: number,
  ): boolean
  /** Bytes of working space (packed operands, partial results, strips per thread) that a run with so many threads takes. */
  scratch(handle: ProgramHandle, threads: number): number
  /** Bytes of working space held now, by all programs of this thread together: what the neediest that ran took. */
  reserved(): number
  /** Frees the program; a second time is harmless. */
  dispose(handle: ProgramHandle): void
  /** The instruction set that programs are loaded for: avx512-amx, avx512, avx2 or portable. */
  isa(): string
  /** How it makes products of factors rounded to bfloat16, for people. */
  rounded(): string
  /** Takes another one from `supported()` for the programs loaded from now on, in this thread. For tests. */
  setIsa(name: string): void
  /** What this processor runs, fastest first; avx2x16 is the code of avx512 on AVX2 vectors, avx2x16-amx with tiles as plain loops: for tests. */
  supported(): string[]
  /** GFLOP/s of this core in fused multiply-adds, the best of short samples over `ms` milliseconds. */
  fmaPeak(ms: number): number
  /** Bytes from the start of the buffer to its first 64-byte boundary. */
  align(buffer: ArrayBuffer): number
  /** Asks the system for large pages under a buffer that nobody has touched yet; where it has none, nothing happens. */
  largePages(buffer: ArrayBuffer): void
}
