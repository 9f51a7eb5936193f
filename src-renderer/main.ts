// The page's first lines. The client comes before the router: it takes the login code out of the address.
import './strictPolicy.ts'
import { createClient } from './client/index.ts'
import { startPage } from './start.ts'

startPage(createClient())
