// Options of the flip-flop task.
import { z } from 'zod'
import { meta } from '../../../contract/fieldMeta.ts'

export const flipFlopData = z.strictObject({
  channels: z.int().min(1).max(16).default(3).meta(meta('Channels', 'Number of bits that are held; each has an input and an output of its own.', { also: 'n_bits bits' })),
  length: z.int().min(2).max(2000).default(64).meta(meta('Length', 'Steps of a sequence.', { scale: 'log', unit: 'steps', also: 'n_time' })),
  pulseProbability: z.number().min(0).max(1).default(0.5).meta(meta('Pulse probability', 'Probability that a channel has a pulse of +1 or -1 at a step; otherwise its input is 0. The first step has a pulse on every channel.', { also: 'p_flip' })),
}) // prettier-ignore
export type FlipFlopData = z.output<typeof flipFlopData>
