// Commands on the app: its environment, the doctor, settings, registries, benchmark.
import { z } from 'zod'
import type { BenchReport } from '../bench.ts'
import type { Catalog } from '../catalog.ts'
import { command, nothing } from './command.ts'

export const appCommands = {
  'app.info': command<AppInfo>()({ runsIn: 'app', input: nothing }),
  'app.doctor': command<DoctorReport>()({ runsIn: 'app', input: nothing }),
  /** Trains for about `seconds` on generated symbols and measures; with `profile` every kernel call alone too. */
  'app.bench': command<BenchReport>()({
    runsIn: 'benchmark worker',
    input: z.strictObject({
      config: z.unknown(),
      symbols: z.int().min(2).max(20_000).default(96),
      seconds: z.number().min(0.1).max(60).default(3),
      profile: z.boolean().default(false),
    }),
  }),
  'settings.get': command<Settings>()({ runsIn: 'app', input: nothing }),
  'settings.set': command<Settings>()({
    runsIn: 'app',
    input: z.strictObject({ maxRunning: z.int().min(1).max(64).optional() }),
  }),
  'catalog.get': command<Catalog>()({ runsIn: 'app', input: nothing }),
}

export interface AppInfo {
  version: string
  node: string
  sqlite: string
  /** native or reference, with the reason. */
  engine: { id: 'native' | 'reference'; description: string }
  cores: number
  memoryBytes: number
  dataDir: string
  /** False if the data folder cannot be written: everything can be read, nothing changed. */
  writable: boolean
  warnings: { code: string; message: string }[]
}

export interface DoctorReport {
  ok: boolean
  checks: { name: string; ok: boolean; message: string }[]
}

export interface Settings {
  /** Runs that may train at the same time; the others wait in the queue. */
  maxRunning: number
}
