// Entry of the page. The client is made before the router, because it removes the login code from the address.
import './strictPolicy.ts'
import { createClient } from './client/index.ts'
import { startPage } from './start.ts'

startPage(createClient())
