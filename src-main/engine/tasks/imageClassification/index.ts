// The row of image classification: which texture or which digit an image shows.
import { validationLoss } from '../../../contract/metrics.ts'
import { defineTask } from '../defineTask.ts'
import { imageData } from '../images/data.ts'
import { classesOf, imageNetwork, imageRow } from '../images/image.ts'
import { heldOutImages } from '../images/heldOut.ts'
import { presets } from './presets.ts'
import { classTask } from './training.ts'

export const imageClassification = defineTask({
  ...imageRow,
  id: 'image-classification',
  title: 'Image classification',
  about: 'Classifies images by texture (mixed) or by digit.',
  data: imageData,
  metrics: [
    { ...validationLoss, unit: 'nats per image', about: 'Mean cross-entropy of the class over 128 held-out images.' },
    { name: 'val/accuracy', title: 'Accuracy', direction: 'max', unit: 'fraction', about: 'Fraction of 128 held-out images whose most probable class is right.' },
  ], // prettier-ignore
  rankedBy: 'val/loss',
  formerly: { kind: 'image', task: 'classes' },
  presets,
  abilities: () => ({
    generates: null,
    inspects: 'images',
    saliency: 'images',
    applies: null,
    answers: 'classified images',
  }),
  heldOut: (config) => heldOutImages(config, classesOf(config.data)),
  network: (config) => imageNetwork(config, { outputs: classesOf(config.data).length, causal: false }),
  open: classTask,
})
