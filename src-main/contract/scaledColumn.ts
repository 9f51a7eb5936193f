// A column of numbers that a network reads, with what scales its values. Checkpoints hold it, so a network reads new values as those it was
// trained on.

/** Values x are read as (x - mean) / deviation, in the unit of the data after its transform. */
export interface ScaledColumn {
  name: string
  mean: number
  /** Standard deviation of the training part; 1 for a constant column and for one that is not scaled. */
  deviation: number
  /** Whether the network predicts it. */
  target: boolean
}

/** Parses columns of a checkpoint's metadata; undefined if the value is no list of at most 4,096 columns. */
export function parseColumns(list: unknown): ScaledColumn[] | undefined {
  const isColumn = (one: unknown): one is ScaledColumn => {
    const { name, mean, deviation, target } = (one ?? {}) as Partial<Record<keyof ScaledColumn, unknown>>
    return (
      typeof name === 'string' &&
      Number.isFinite(mean) &&
      Number.isFinite(deviation) &&
      (deviation as number) > 0 &&
      typeof target === 'boolean'
    )
  }
  return Array.isArray(list) && list.length <= 4096 && list.every(isColumn) ? list : undefined
}
