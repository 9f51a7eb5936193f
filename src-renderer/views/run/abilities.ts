// What a run can be asked for by the kind of its data. Pure.
import type { RunConfig } from '@contract/config.ts'

/** Texts can be written, and pictures drawn by those that learnt pixels. */
export const canSample = ({ data }: RunConfig): boolean =>
  data.kind === 'text' || (data.kind === 'image' && data.task === 'pixels')

/** Its units can be looked at, over symbols or over pictures. */
export const hasNeurons = ({ data }: RunConfig): boolean => {
  if (data.kind === 'memory') return data.problem !== 'adding' && data.problem !== 'count'
  return data.kind !== 'addition'
}
