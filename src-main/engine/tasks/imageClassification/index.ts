// Which texture or which digit an image shows.
import { defineTask } from '../defineTask.ts'
import { imageData } from '../images/data.ts'
import { classesOf, imageNetwork, imageRow } from '../images/image.ts'
import { presets } from './presets.ts'
import { classTask } from './training.ts'

export const imageClassification = defineTask({
  ...imageRow,
  id: 'image-classification',
  title: 'Image classification',
  about: 'Says which texture (of mixed) or which digit an image shows.',
  data: imageData,
  formerly: { kind: 'image', task: 'classes' },
  presets,
  abilities: () => ({ generates: null, inspects: 'images', answers: 'images' }),
  network: (config) => imageNetwork(config, { outputs: classesOf(config.data).length, causal: false }),
  open: classTask,
})
