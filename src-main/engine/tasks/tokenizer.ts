// The version of the tokenizer, stored in the configuration of a run.
import { z } from 'zod'

/** Version of the tokenizer (data/tokens.ts, data/reading.ts); configurations of version 1 use 1. */
export const tokenizer = z.literal([1, 2]).default(2)
