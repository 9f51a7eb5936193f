// Writes the state of a run as one safetensors file: weights by name in PyTorch's layout, optimiser state (`optim.*`), carried states
// (`carry.*`); everything else is text in its metadata.
import type { RunConfig } from '../../contract/config.ts'
import type { ScaledColumn } from '../../contract/scaledColumn.ts'
import { crc32 } from './crc.ts'
import { writeTensors, type Tensor } from './safetensors.ts'

export const format = 'unroll-checkpoint'
export const version = 1

/** The content of a checkpoint. */
export interface CheckpointContent {
  config: RunConfig
  step: number
  vocabulary: string[]
  /** Names of the output classes, if they come from a text; empty in older files. */
  labels: string[]
  /** Columns of numbers that the network reads, with their scaling; undefined for other data and in older files. */
  columns?: ScaledColumn[] | undefined
  /** full: training continues from it bit for bit. weights: for inspection, sampling, and as initial weights. */
  parts: 'full' | 'weights'
  /** Counters and sums of the training loop; only in full checkpoints. */
  progress?: unknown
  tensors: Map<string, Tensor>
}

/** Encodes a checkpoint as bytes of a safetensors file. */
export function writeCheckpoint({
  config,
  step,
  vocabulary,
  labels,
  columns,
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
    ...(columns !== undefined && { columns: JSON.stringify(columns) }),
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
