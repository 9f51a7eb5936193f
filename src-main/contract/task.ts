// What a run was trained on, and with which runs its measurements can be ranked. Every door that marks a best value asks here.
import { problemTitle, type RunConfig } from './config.ts'

/** What a run was trained on, in a few words. */
export function dataText({ data }: Pick<RunConfig, 'data'>): string {
  if (data.kind === 'text') return data.unit === 'word' ? `${data.dataset} (words)` : data.dataset
  if (data.kind === 'examples') return `${data.dataset} (${data.format})`
  if (data.kind === 'memory') return problemTitle(data)
  if (data.kind === 'image') return `${data.texture}, ${data.size} x ${data.size}`
  return data.kind === 'series' ? `series ${data.series}` : `addition, ${data.bits} bits`
}

/**
 * What a metric of a run measures: equal for two runs exactly where their values can be ranked. It begins with the data in words. A loss is
 * also a matter of how answers are judged, and that of training of what is added to it.
 */
export function meaningOf(metric: string, config: Pick<RunConfig, 'data' | 'train'>): string {
  const { loss, labelWeights, activityPenalty, fraternal } = config.train
  const task = Object.entries(config.data).filter(([key]) => key !== 'validation')
  const judged = metric.includes('loss') ? [loss, labelWeights] : []
  const added = metric === 'train/loss' ? [activityPenalty, fraternal] : []
  return `${dataText(config)} ${JSON.stringify([task.sort(), judged, added])}`
}
