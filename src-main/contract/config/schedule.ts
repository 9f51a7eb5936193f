// Options of the learning rate over a run.
import { z } from 'zod'
import { meta } from '../fieldMeta.ts'
import { firstOrder } from './optimizer.ts'

export const scheduleConfig = z.strictObject({
  name: z.enum(['constant', 'onecycle', 'cosine', 'linear', 'step', 'exponential', 'invsqrt']).default('onecycle').meta(meta('Learning rate schedule', 'The learning rate over the steps of the run.', { labels: { constant: 'constant', onecycle: 'one-cycle', cosine: 'cosine', linear: 'linear', step: 'step', exponential: 'exponential', invsqrt: 'inverse square root' }, values: { constant: 'constant', onecycle: 'linear warm-up, then a cosine to zero (Smith & Topin 2018)', cosine: 'a cosine to zero (Loshchilov & Hutter 2017)', linear: 'linear to zero', step: 'multiplied by the decay factor every so many steps', exponential: 'the same factor, spread evenly over the steps', invsqrt: 'proportional to 1 / sqrt(step)' }, when: firstOrder, also: 'schedule scheduler lr_scheduler lr_schedule lr_scheduler_type' })),
  warmup: z.number().min(0).max(0.9).default(0.1).meta(meta('Warm-up fraction', 'Fraction of the run in which the learning rate rises.', { when: { path: 'schedule.name', in: ['onecycle'] }, also: 'warmup_ratio pct_start' })),
  warmupSteps: z.int().min(0).max(1e9).default(0).meta(meta('Warm-up steps', 'Steps of linear warm-up before the schedule starts; 0: none.', { unit: 'steps', when: { path: 'schedule.name', in: ['constant', 'cosine', 'linear', 'step', 'exponential', 'invsqrt'] }, also: 'num_warmup_steps' })),
  decay: z.number().min(0.001).max(1).default(0.5).meta(meta('Decay factor', 'Factor of the learning rate at each decay.', { when: { path: 'schedule.name', in: ['step', 'exponential'] }, also: 'gamma lr_decay decay_rate' })),
  decayEvery: z.int().min(1).max(1e9).default(1000).meta(meta('Decay every', 'Steps between decays.', { scale: 'log', unit: 'steps', when: { path: 'schedule.name', in: ['step', 'exponential'] }, also: 'decay_steps lr_step' })),
}) // prettier-ignore
