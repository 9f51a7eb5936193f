// Options of where and how exactly a program runs.
import { z } from 'zod'
import { meta } from '../fieldMeta.ts'

export const runtimeConfig = z.strictObject({
  threads: z.int().min(1).max(64).default(1).meta(meta('Threads', 'Threads of one run. The result is the same, bit for bit, for any number.', { also: 'num_threads n_threads num_workers n_jobs workers' })),
  precision: z.enum(['f32', 'bf16', 'bf16x3']).default('f32').meta(meta('Precision', 'Of the factors of matrix products in training; weights, sums and all else stay f32, and so do validation, sampling and inspection. bf16 and bf16x3 are for processors with AMX; elsewhere bf16 is no faster than f32 and bf16x3 about three times slower.', { values: { f32: '32-bit factors', bf16: 'both rounded to bfloat16 (8 bits)', bf16x3: 'each split into two bfloat16, three products: close to f32' }, also: 'dtype amp mixed_precision fp16 bf16' })),
  executor: z.enum(['auto', 'native', 'reference']).default('auto').meta(meta('Executor', 'What runs the compiled program.', { values: { auto: 'native where it can be used, else reference', native: 'fast, 32-bit', reference: 'plain loops in 64-bit, slow' }, also: 'device backend accelerator' })),
}) // prettier-ignore
