// The flags of `unroll sample`. Each kind of run refuses those of the others.

export interface SampleFlags {
  prime?: string
  length?: number
  temperature?: number
  topK?: number
  topP?: number
  unknown?: boolean
  seed?: number
  step?: number
  intervene?: string[]
  count?: number
  rows?: number
  picture?: number
  /** Index of the held-out piece. */
  piece?: number
  midi?: string
  frames?: number
  out?: string
  force?: boolean
}
