// Configuration -> task, and the network that a configuration describes.
import type { RunConfig } from '../../../contract/config.ts'
import type { GridNetwork } from '../../nn/grid.ts'
import type { Network } from '../../nn/network.ts'
import { dropoutGrows, grownShare, growthInput } from '../../nn/regularise.ts'
import type { Text } from '../source.ts'
import { additionNetwork, additionTask } from './addition.ts'
import { imageNetwork } from './image.ts'
import { classTask } from './imageClasses.ts'
import { pixelTask } from './imagePixels.ts'
import { seriesNetwork, seriesTask } from './series.ts'
import type { Task } from './task.ts'
import { textNetwork, textTask } from './text.ts'

/** `vocabulary`: symbols of a checkpoint to go on from; texts only. */
export function taskOf(config: RunConfig, text: Text, vocabulary?: readonly string[]): Task {
  return growing(config, plainTask(config, text, vocabulary))
}

function plainTask(config: RunConfig, text: Text, vocabulary?: readonly string[]): Task {
  if (config.data.kind === 'series') return seriesTask(config)
  if (config.data.kind === 'addition') return additionTask(config)
  if (config.data.kind === 'image')
    return config.data.task === 'pixels' ? pixelTask(config) : classTask(config)
  return textTask(config, text, vocabulary)
}

/** Where rates of dropout grow, the share of each step is fed with its inputs. */
function growing({ train }: RunConfig, task: Task): Task {
  if (!dropoutGrows(train)) return task
  return {
    ...task,
    feed(executable, step) {
      task.feed(executable, step)
      executable.write(growthInput, [grownShare(train, step)])
    },
  }
}

/** `symbols`: size of the vocabulary, for texts. */
export function networkFor(config: RunConfig, symbols: number): Network | GridNetwork {
  if (config.data.kind === 'image') return imageNetwork(config)
  if (config.data.kind === 'series') return seriesNetwork(config)
  return config.data.kind === 'addition' ? additionNetwork(config) : textNetwork(config, symbols)
}
