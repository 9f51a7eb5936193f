// The generated problems, in the order of the menu.
import { addingProblem } from './adding.ts'
import { anbnProblem } from './anbn.ts'
import { copyProblem } from './copy.ts'
import { countProblem } from './count.ts'
import { dyckProblem } from './dyck.ts'
import { parityProblem } from './parity.ts'
import { embeddedReberProblem, reberProblem } from './reber.ts'
import { reverseProblem } from './reverse.ts'
import type { AnyProblem } from '../problem.ts'

export const problems: readonly AnyProblem[] = [
  addingProblem,
  copyProblem,
  parityProblem,
  reberProblem,
  embeddedReberProblem,
  dyckProblem,
  anbnProblem,
  reverseProblem,
  countProblem,
]
