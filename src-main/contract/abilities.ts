// What a run can be asked for, by the kind of its data. Every door asks this table, so that none offers what ends in a refusal.
import type { RunConfig } from './config.ts'
import type { RunRow } from './run.ts'

export interface Abilities {
  /** What it makes when it is sampled from. */
  generates: 'text' | 'images' | null
  /** What its units are shown on. */
  inspects: 'text' | 'images' | null
  /** What it records of its predictions while it trains. */
  answers: 'table' | 'images' | null
}

export function abilitiesOf({ data }: Pick<RunConfig, 'data'>): Abilities {
  switch (data.kind) {
    case 'text':
      return { generates: 'text', inspects: 'text', answers: null }
    case 'image':
      return { generates: data.task === 'pixels' ? 'images' : null, inspects: 'images', answers: 'images' }
    case 'series':
    case 'examples':
      return { generates: null, inspects: 'text', answers: 'table' }
    case 'memory':
      // Two of the problems give numbers to read, not symbols.
      return {
        generates: null,
        inspects: data.problem === 'adding' || data.problem === 'count' ? null : 'text',
        answers: 'table',
      }
    case 'addition':
      return { generates: null, inspects: null, answers: null }
  }
}

/** Behind the name of a run: why it gives nothing when it is sampled from, and what there is instead; undefined if it does. */
export function whyNoSample(config: Pick<RunConfig, 'data'>): string | undefined {
  const { generates, answers } = abilitiesOf(config)
  if (generates) return undefined
  const learnt = config.data.kind === 'image' ? 'to tell images apart' : config.data.kind
  return `generates nothing, because it learnt ${learnt}${answers ? '; its predictions are recorded with the run' : ''}`
}

/** Behind the name of a run: why its units cannot be shown; undefined if they can. */
export const whyNoUnits = (config: Pick<RunConfig, 'data'>): string | undefined =>
  abilitiesOf(config).inspects ? undefined : 'has no text to show its units on, because it reads numbers'

/** Whether a run has weights to look at: it has made a step, or came with them. */
export const hasWeights = ({ step, status }: Pick<RunRow, 'step' | 'status'>): boolean =>
  step > 0 || status === 'finished'
