// All test beds, in the order in which they are trained.
import type { Bed } from './bed.ts'
import { countingWords } from './countingWords.ts'
import { cSource } from './cSource.ts'
import { flipFlop } from './flipFlop.ts'
import { prose } from './prose.ts'
import { proseN } from './proseN.ts'
import { reber } from './reber.ts'
import { twoTone } from './twoTone.ts'
import { wrappedProse } from './wrappedProse.ts'

export const beds: readonly Bed[] = [
  reber,
  flipFlop,
  prose,
  proseN,
  wrappedProse,
  countingWords,
  cSource,
  twoTone,
]
