// What a run can be asked for, by the kind of its data. Every door asks this table, so that none offers what ends in a refusal.
import type { RunConfig } from './config.ts'

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

/** Why a run gives nothing when it is sampled from, and where to look instead; undefined if it does. */
export function whyNoSample(config: Pick<RunConfig, 'data'>): string | undefined {
  const { generates, answers } = abilitiesOf(config)
  if (generates) return undefined
  const learnt = config.data.kind === 'image' ? 'to tell images apart' : config.data.kind
  return `it learnt ${learnt}, which generates nothing${answers ? '; its predictions are recorded with the run' : ''}`
}

/** Why there is nothing to show the units of a run on; undefined if there is. */
export const whyNoUnits = (config: Pick<RunConfig, 'data'>): string | undefined =>
  abilitiesOf(config).inspects ? undefined : 'it reads numbers, so there is no text to show its units on'
