// Balanced brackets of several kinds (Dyck languages): predict the legal next symbols.
import { z } from 'zod'
import { meta } from '../../../../contract/fieldMeta.ts'
import { legalSetAccuracy } from '../../examples/metrics.ts'
import { drawDyck, dyckSymbols, dyckThreshold } from '../grammars.ts'
import { defineProblem, problemDefaults, type GeneratedProblem } from '../problem.ts'

function dyck(kinds: number, depth: number, length: number): GeneratedProblem {
  const symbols = dyckSymbols(kinds)
  return {
    ...problemDefaults,
    topology: 'each',
    predictsNext: true,
    input: { symbols: symbols.length },
    output: { kind: 'classes', count: symbols.length },
    symbols,
    labels: symbols,
    judge: { kind: 'legal', threshold: dyckThreshold(kinds) },
    maxLength: { input: length + 1, answer: 1 },
    draw: (random) => drawDyck(random, kinds, depth, length),
  }
}

export const dyckProblem = defineProblem({
  id: 'dyck',
  about: 'next symbol of balanced brackets',
  length: 'the largest number of brackets',
  options: {
    kinds: z.int().min(1).max(4).default(2).meta(meta('Kinds of brackets', 'Number of kinds of brackets.')),
    depth: z.int().min(1).max(32).default(4).meta(meta('Depth', 'Largest number of open brackets.')),
  },
  exampleInput: '#([()])[]()',
  metrics: [legalSetAccuracy],
  make: ({ length, kinds, depth }) => dyck(kinds, depth, length),
})
