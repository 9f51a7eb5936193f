// The error for a name that is none of those that are there.
import { nearest, UnrollError } from '../../../contract/errors.ts'

const most = 16

/** E_ARG for a `name` that is not `what` ("a class"): lists the names if they are few, else suggests the nearest one. */
export function unknownName(path: string, name: string, what: string, names: readonly string[]): UnrollError {
  const near = names.length > most ? nearest(name, names) : undefined
  const advice = near
    ? `did you mean ${JSON.stringify(near)}?`
    : `there are ${names.slice(0, most).join(', ')}${names.length > most ? ' ...' : ''}.`
  return new UnrollError('E_ARG', `${path}: ${JSON.stringify(name)} is not ${what} of this run; ${advice}`, {
    path,
  })
}
