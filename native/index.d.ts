// Types of the addon, which only src-main/engine/run/native.ts loads. Wrong types throw TypeError, wrong values RangeError.

/** A decoded program; freed by dispose or by the collector. */
export interface ProgramHandle {
  readonly __program: unique symbol
}

export interface Addon {
  /**
   * Decodes and checks a program (compile/encode.ts) over an arena of `size` elements, for the instruction set in use. Throws RangeError
   * if a view can leave the arena, a shape does not fit its kernel or an output overlaps itself.
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
  /** Bytes of scratch memory (packed operands, partial results, strips per thread) that a run with `threads` threads needs. */
  scratch(handle: ProgramHandle, threads: number): number
  /** Bytes of scratch memory allocated now, shared by all programs of this thread: the largest need of those that have run. */
  reserved(): number
  /** Frees the program; a second call has no effect. */
  dispose(handle: ProgramHandle): void
  /** The instruction set that programs are loaded for: avx512-amx, avx512, avx2 or portable. */
  isa(): string
  /** How products of factors rounded to bfloat16 are computed, for display. */
  rounded(): string
  /** Sets the instruction set, one of `supported()`, of programs that this thread loads from now on. For tests. */
  setIsa(name: string): void
  /** The instruction sets that this processor supports, fastest first; avx2x16 is the code of avx512 on AVX2 vectors, avx2x16-amx with tiles as plain loops: for tests. */
  supported(): string[]
  /** GFLOP/s of this core in fused multiply-adds, the best of short samples over `ms` milliseconds. */
  fmaPeak(ms: number): number
  /** Bytes from the start of the buffer to its first 64-byte boundary. */
  align(buffer: ArrayBuffer): number
  /** Requests huge pages for a buffer that has not been accessed yet; no effect where the system has none. */
  largePages(buffer: ArrayBuffer): void
}
