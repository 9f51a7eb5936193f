// Reber's grammar, and its embedding in a choice that must be remembered: which symbols may come next?
import { legalSetAccuracy } from '../../examples/metrics.ts'
import { drawReber, longestReber, reberSymbols } from '../grammars.ts'
import { defineProblem, plain, type GeneratedProblem } from '../problem.ts'

function reber(embedded: boolean): GeneratedProblem {
  return {
    ...plain,
    topology: 'each',
    next: true,
    input: { symbols: reberSymbols.length },
    output: { kind: 'classes', count: reberSymbols.length },
    symbols: reberSymbols,
    labels: reberSymbols,
    judge: { kind: 'legal', threshold: 0.3 },
    longest: { input: longestReber - 1, answer: 1 },
    draw: (random) => drawReber(random, embedded),
  }
}

export const reberProblem = defineProblem({
  id: 'reber',
  about: 'next symbol of a string of the grammar',
  inWords: () => 'reber',
  exampleInput: 'BTSSXXTTVPS',
  metrics: [legalSetAccuracy],
  make: () => reber(false),
})

export const embeddedReberProblem = defineProblem({
  id: 'embedded-reber',
  about: 'next symbol of a string of the grammar',
  inWords: () => 'embedded-reber',
  exampleInput: 'BPBTSSXXTTVPSEP',
  metrics: [legalSetAccuracy],
  make: () => reber(true),
})
