// All test beds, in the order in which they are trained.
import type { Bed } from './bed.ts'
import { countingWords } from './countingWords.ts'
import { proseN } from './proseN.ts'
import { twoTone } from './twoTone.ts'

export const beds: readonly Bed[] = [proseN, countingWords, twoTone]
