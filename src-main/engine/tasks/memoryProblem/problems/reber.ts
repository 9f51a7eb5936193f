// Reber's grammar, and its embedding in a choice that must be remembered: predict the legal next symbols.
import { legalSetAccuracy } from '../../examples/metrics.ts'
import { drawReber, maxReberLength, reberSymbols } from '../grammars.ts'
import { defineProblem, problemDefaults, type GeneratedProblem } from '../problem.ts'

function reber(embedded: boolean): GeneratedProblem {
  return {
    ...problemDefaults,
    topology: 'each',
    predictsNext: true,
    input: { symbols: reberSymbols.length },
    output: { kind: 'classes', count: reberSymbols.length },
    symbols: reberSymbols,
    labels: reberSymbols,
    judge: { kind: 'legal', threshold: 0.3 },
    maxLength: { input: maxReberLength - 1, answer: 1 },
    draw: (random) => drawReber(random, embedded),
  }
}

export const reberProblem = defineProblem({
  id: 'reber',
  about: 'next symbol of a string of the grammar',
  summary: () => 'reber',
  exampleInput: 'BTSSXXTTVPS',
  metrics: [legalSetAccuracy],
  make: () => reber(false),
})

export const embeddedReberProblem = defineProblem({
  id: 'embedded-reber',
  about: 'next symbol of a string of the grammar',
  summary: () => 'embedded-reber',
  exampleInput: 'BPBTSSXXTTVPSEP',
  metrics: [legalSetAccuracy],
  make: () => reber(true),
})
