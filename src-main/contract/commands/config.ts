// Commands on a configuration that no run has yet.
import { z } from 'zod'
import type { Plan } from '../catalog.ts'
import type { ProgramGraph } from '../programGraph.ts'
import { command } from './command.ts'

const input = z.strictObject({ config: z.unknown() })

export const configCommands = {
  /** Checks a configuration and says what it will cost; throws as `runs.launch` would. */
  'config.plan': command<Plan>()({ runsIn: 'planner', input }),
  /** The compiled training step of a configuration, explained. */
  'config.graph': command<ProgramGraph>()({ runsIn: 'inference worker', input }),
}
