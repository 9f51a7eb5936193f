// The HTTP status of each error code.
import type { ErrorCode } from '../../contract/errors.ts'

const statuses: Partial<Record<ErrorCode, number>> = {
  E_ARG: 400,
  E_JSON: 400,
  E_MSG: 400,
  E_AUTH: 401,
  E_FORBIDDEN: 403,
  E_STORE_READONLY: 403,
  E_NOT_FOUND: 404,
  E_BUSY: 409,
  E_CANCELLED: 409,
  E_DATA_CHANGED: 409,
  E_EXISTS: 409,
  E_STATE: 409,
  E_TOO_LARGE: 413,
  E_INTERNAL: 500,
  E_WORKER: 500,
  E_DB_BUSY: 503,
  E_DISK: 507,
}

/** HTTP status of a code; invalid content is 422. */
export const statusOf = (code: ErrorCode): number => statuses[code] ?? 422
