// The row of the pixel model: each pixel of an image from all pixels before it.
import { validationLoss } from '../../../contract/metrics.ts'
import { defineTask } from '../defineTask.ts'
import { imageData } from '../images/data.ts'
import { imageNetwork, imageRow } from '../images/image.ts'
import { heldOutImages } from '../images/heldOut.ts'
import { presets } from './presets.ts'
import { pixelTask } from './training.ts'

export const pixelModel = defineTask({
  ...imageRow,
  id: 'pixel-model',
  title: 'Pixel model',
  about: 'Predicts each pixel from all pixels before it in reading order, and generates images pixel by pixel (van den Oord et al. 2016).',
  data: imageData,
  metrics: [
    { ...validationLoss, unit: 'nats per pixel', about: 'Mean negative log-likelihood over all pixels of 128 held-out images.' },
    { name: 'val/bits_per_pixel', title: 'Bits per pixel', direction: 'min', unit: 'bits per pixel', about: 'Mean negative binary log-likelihood over all pixels of 128 held-out images; a uniform distribution has log2 of the number of gray levels.' },
    { name: 'val/accuracy', title: 'Accuracy', direction: 'max', unit: 'fraction', about: 'Fraction of the pixels of 128 held-out images whose most probable gray level is right.' },
  ],
  rankedBy: 'val/loss',
  formerly: { kind: 'image', task: 'pixels' },
  presets,
  abilities: () => ({ generates: 'images', inspects: 'images', saliency: 'images', applies: null, answers: 'generated images' }),
  heldOut: (config) => heldOutImages(config, null),
  network: (config) => imageNetwork(config, { outputs: config.data.levels, causal: true }),
  open: pixelTask,
}) // prettier-ignore
