// Must be the first import: it keeps zod from probing `new Function`, which the content security policy forbids and reports.
import { config } from 'zod/v4/core'

config({ jitless: true })
