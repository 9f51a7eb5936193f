// A served page on a real socket, closed when its test ends.
import { onTestFinished } from 'vitest'
import { serve } from './raw.ts'

/** Serves as `serve` does, until the test ends. */
export const start = async (...args: Parameters<typeof serve>) => {
  const served = await serve(...args)
  onTestFinished(() => served.server.close())
  return served
}
