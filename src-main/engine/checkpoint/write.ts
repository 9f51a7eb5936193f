// A run's state as one safetensors file: weights by name in PyTorch's layout, `optim.*`, `carry.*`; everything else as text in its
// metadata.
import type { RunConfig } from '../../contract/config.ts'
import { crc32 } from './crc.ts'
import { writeTensors, type Tensor } from './safetensors.ts'

export const format = 'unroll-checkpoint'
export const version = 1

export interface CheckpointContent {
  config: RunConfig
  step: number
  vocabulary: string[]
  /** Names of the classes that are answered, where they come from a text; none in files of before. */
  labels: string[]
  /** full: goes on training bit for bit. weights: for looking inside, sampling, and as a start. */
  parts: 'full' | 'weights'
  /** Counters and sums of the training loop; only in full checkpoints. */
  progress?: unknown
  tensors: Map<string, Tensor>
}

export function writeCheckpoint({
  config,
  step,
  vocabulary,
  labels,
  parts,
  progress,
  tensors,
}: CheckpointContent): Uint8Array<ArrayBuffer> {
  const metadata: Record<string, string> = {
    format,
    version: String(version),
    parts,
    step: String(step),
    config: JSON.stringify(config),
    vocabulary: JSON.stringify(vocabulary),
    ...(labels.length > 0 && { labels: JSON.stringify(labels) }),
    ...(progress !== undefined && { progress: JSON.stringify(progress) }),
    checksum: String(checksum(tensors)),
  }
  return writeTensors({ tensors, metadata })
}

/** CRC-32 over the data of all tensors in the order of their names. */
export function checksum(tensors: ReadonlyMap<string, Tensor>): number {
  let sum = 0
  for (const name of [...tensors.keys()].sort()) {
    const { data } = tensors.get(name)!
    sum = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), sum)
  }
  return sum
}
