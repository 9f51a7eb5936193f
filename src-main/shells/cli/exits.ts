// The exit code of each error code, after sysexits: 2 usage, 65 bad data, 66 no input, 70 internal, 73 cannot create, 74 input/output,
// 75 try again later, 77 no permission. Signals add 128.
import { errorCodes, type ErrorCode } from '../../contract/errors.ts'

const exceptions: Partial<Record<ErrorCode, number>> = {
  E_ARG: 2,
  E_MSG: 2,
  E_NOT_FOUND: 66,
  E_NOT_A_FILE: 66,
  E_PATH: 66,
  E_INTERNAL: 70,
  E_NODE: 70,
  E_WORKER: 70,
  E_EXISTS: 73,
  E_STORE_PLACE: 73,
  E_DISK: 74,
  E_BUSY: 75,
  E_CANCELLED: 75,
  E_DB_BUSY: 75,
  E_OFFLINE: 75,
  E_PORT: 75,
  E_AUTH: 77,
  E_FORBIDDEN: 77,
  E_STORE_READONLY: 77,
}

/** Every code has one; what is wrong with data or a configuration is 65. */
export const exits = Object.fromEntries(errorCodes.map((code) => [code, exceptions[code] ?? 65])) as Record<
  ErrorCode,
  number
>
