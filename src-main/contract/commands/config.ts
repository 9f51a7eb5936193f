// Commands on a configuration without a run.
import { z } from 'zod'
import type { Plan } from '../catalog.ts'
import type { ProgramGraph } from '../programGraph.ts'
import { command } from './command.ts'

const input = z.strictObject({ config: z.unknown() })

export const configCommands = {
  /** Validates a configuration and estimates its cost; throws as `runs.launch` would. */
  'config.plan': command<Plan>()({ runsIn: 'planner', input }),
  /** The compile report of a configuration. */
  'config.graph': command<ProgramGraph>()({ runsIn: 'inference worker', input }),
}
