// Each pixel of an image from all before it.
import { defineTask } from '../defineTask.ts'
import { imageData } from '../images/data.ts'
import { imageNetwork, imageRow } from '../images/image.ts'
import { presets } from './presets.ts'
import { pixelTask } from './training.ts'

export const pixelModel = defineTask({
  ...imageRow,
  id: 'pixel-model',
  title: 'Pixel model',
  about: 'Predicts each pixel from all before it in reading order, and generates images so (van den Oord et al. 2016).',
  data: imageData,
  formerly: { kind: 'image', task: 'pixels' },
  presets,
  abilities: () => ({ generates: 'images', inspects: 'images', answers: 'images' }),
  network: (config) => imageNetwork(config, { outputs: config.data.levels, causal: true }),
  open: pixelTask,
}) // prettier-ignore
