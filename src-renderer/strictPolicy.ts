// First of all imports: zod would probe `new Function`, which the content policy forbids and reports. Without it nothing is lost.
import { config } from 'zod/v4/core'

config({ jitless: true })
