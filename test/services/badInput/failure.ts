// The error of a call that must fail.
import type { UnrollError } from '../../../src-main/contract/errors.ts'

export const failure = (act: () => Promise<unknown>): Promise<UnrollError | undefined> =>
  act().then(
    () => undefined,
    (e: unknown) => e as UnrollError,
  )
