// `unroll analyse ANALYSIS RUN`: analyses of a trained network as a whole, one file each in `analyses/`.
import type { Command } from 'commander'
import { addAnswers } from '../analyses/answers.ts'
import { addAttribution } from '../analyses/attribution.ts'
import { addAutomaton } from '../analyses/automaton.ts'
import { addClasses } from '../analyses/classes.ts'
import { addFixedPoints } from '../analyses/fixedPoints.ts'
import { addLosses } from '../analyses/losses.ts'
import { addLyapunov } from '../analyses/lyapunov.ts'
import { addMatch } from '../analyses/match.ts'
import { addMatrix } from '../analyses/matrix.ts'
import { addPatching } from '../analyses/patching.ts'
import { addProjection } from '../analyses/projection.ts'
import { addFilters } from '../analyses/filters.ts'
import { addSaliency } from '../analyses/saliency.ts'
import { addSpanMatches } from '../analyses/spanMatches.ts'
import type { Cli } from '../run.ts'

/** Adds one analysis as a subcommand. */
export type AddAnalysis = (analyse: Command, cli: Cli) => void

const analyses: readonly AddAnalysis[] = [
  addMatch,
  addClasses,
  addAnswers,
  addLyapunov,
  addFixedPoints,
  addAutomaton,
  addProjection,
  addAttribution,
  addSaliency,
  addFilters,
  addSpanMatches,
  addPatching,
  addLosses,
  addMatrix,
]

export function analyseCommand(program: Command, cli: Cli): void {
  const analyse = program
    .command('analyse')
    .alias('analyze')
    .description('analyse a trained network, one command for each analysis')
  for (const add of analyses) add(analyse, cli)
}
