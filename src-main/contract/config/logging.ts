// Options of what a run records, and how often.
import { z } from 'zod'
import { meta, needs } from '../fieldMeta.ts'

export const loggingConfig = z.strictObject({
  logEvery: z.int().min(1).max(1e6).default(10).meta(meta('Log every', 'Steps averaged into one point of a curve; a loss is the mean over all answers of these steps.', { unit: 'steps', also: 'log_interval logging_steps log_every_n_steps log_freq report_interval' })),
  evalEvery: z.int().min(0).max(1e6).default(100).meta(meta('Validate every', 'Steps between evaluations of the validation part; 0: only at the end.', { unit: 'steps', also: 'eval_interval eval_steps val_interval val_check_interval validation_freq evaluation_interval' })),
  beam: z.int().min(0).max(32).default(0).meta(meta('Beam of validation', 'Outputs that a beam search of validation follows at once; 0: greedy decoding. Training does not depend on it.', { when: needs('encodesPairs'), also: 'num_beams beam_size beam_width beam' })),
  lengthPenalty: z.number().min(0).max(5).default(0.6).meta(meta('Length penalty', 'Outputs of a beam search are ranked by log p / ((5 + n) / 6)^alpha, with alpha this number and n the symbols of the output with its end token (Wu et al. 2016); 0: by log p, which prefers short ones.', { when: [needs('encodesPairs'), { positive: ['logging.beam'] }], also: 'length_penalty lenpen alpha len_penalty' })),
  sampleEvery: z.int().min(0).max(1e6).default(500).meta(meta('Sample every', 'Steps between generated samples, or answer tables of tasks that have one; 0: never.', { unit: 'steps', also: 'sample_interval' })),
  gradientEvery: z.int().min(0).max(1e6).default(500).meta(meta('Gradient record every', 'Steps between records of the gradient norm through time, |dL/dh_t| at every step and layer, and of the spectral radius of the recurrent matrices; the first at step 0, and only in runs of at least this many steps. On images a step is an anti-diagonal of each scan. With the online rule of a series it is the gradient of the whole series at the current weights. 0: never.', { unit: 'steps' })),
  checkpointEvery: z.int().min(1).max(1e6).default(500).meta(meta('Checkpoint every', 'Steps between checkpoints; also every 30 seconds, at pause and at the end. The best and the last two are kept.', { unit: 'steps', also: 'save_steps save_interval save_freq save_every checkpoint_interval' })),
}) // prettier-ignore
