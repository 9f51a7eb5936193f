// The rule by which the texts of a run are cut into symbols, kept with the run.
import { z } from 'zod'

/** See data/tokens.ts and data/reading.ts. 1: that of configurations of version 1. */
export const tokenizer = z.literal([1, 2]).default(2)
