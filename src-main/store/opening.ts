// Opens what is in the data folder: for writing; where that cannot be, for reading, with the reason; else not at all.
import { join } from 'node:path'
import { UnrollError } from '../contract/errors.ts'
import { hasDatabase, placeError, prepareFolder } from './dataFolder.ts'
import { databasePath, emptyDatabase, openForReading, openForWriting, type Opened } from './db.ts'
import { diskError, freeReserve, keepPrivateNow, makeFolderNow } from './files.ts'

export const foldersIn = (folder: string) =>
  ({ checkpoints: join(folder, 'checkpoints'), datasets: join(folder, 'datasets') }) as const

/** `refusal`: why nothing can be written. */
export type OpenedFolder = Opened & { refusal?: UnrollError }

export const damaged = (folder: string, why: string): UnrollError =>
  new UnrollError(
    'E_DB_CORRUPT',
    `The database in ${folder} is damaged (${why}). It is open for reading only: export what you need, then move unroll.db away; checkpoints and texts are whole files in the folders beside it and can be imported again.`,
  )

const readOnly = (folder: string, why: string) =>
  new UnrollError(
    'E_STORE_READONLY',
    `${folder} cannot be written (${why}), so nothing can be changed. Check its permissions, or choose another data folder.`,
  )

const noRoom = (folder: string, why: string) =>
  new UnrollError(
    'E_DISK',
    `${folder} is open for reading only: ${why.replace(/^opening .*?: | Nothing was (changed|replaced)[;.].*$/g, '')} Free some space or check the disk, then start Unroll again.`,
  )

function openWritable(folder: string): Opened {
  const path = databasePath(folder)
  const opened = openForWriting(path)
  try {
    for (const made of Object.values(foldersIn(folder))) makeFolderNow(made)
  } catch (error) {
    opened.db.close()
    throw diskError(error, `making the folders in ${folder}`)
  }
  for (const kept of ['', '-wal', '-shm']) keepPrivateNow(path + kept)
  for (const kept of Object.values(foldersIn(folder))) keepPrivateNow(kept)
  return opened
}

/** Opens for writing, giving up the reserve if the disk is full; or says why that cannot be. */
function tryToWrite(folder: string): Opened | UnrollError {
  const blocked = prepareFolder(folder)
  if (blocked) return readOnly(folder, blocked)
  for (let again = false; ; again = true) {
    try {
      return openWritable(folder)
    } catch (error) {
      if (!(error instanceof UnrollError)) throw error
      if (error.code === 'E_STORE_READONLY') return readOnly(folder, error.message)
      if (error.code === 'E_DB_CORRUPT') return damaged(folder, error.message)
      if (error.code !== 'E_DISK') throw error
      if (again) return noRoom(folder, error.message)
      freeReserve(folder)
    }
  }
}

/** Throws E_STORE_PLACE where no data folder can be or where there is none to read, and the E_DB_ errors that no reading can mend. */
export function openFolder(folder: string): OpenedFolder {
  const found = tryToWrite(folder)
  if (!(found instanceof UnrollError)) return found
  const path = databasePath(folder)
  if (found.code === 'E_DB_CORRUPT') return { ...emptyDatabase(), refusal: found }
  if (hasDatabase(path)) return { ...openForReading(path), refusal: found }
  if (found.code !== 'E_DISK')
    throw placeError(folder, `it holds no database, and none can be made. ${found.message.split(', so ')[0]}`)
  return { ...emptyDatabase(), refusal: found }
}
