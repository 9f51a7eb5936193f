// Opens the database in the data folder: for writing; if that is impossible, read-only, with the reason; else it throws.
import { join } from 'node:path'
import { UnrollError } from '../contract/errors.ts'
import { hasDatabase, placeError, prepareFolder } from './dataFolder.ts'
import { databasePath, emptyDatabase, openForReading, openForWriting, type Opened } from './db.ts'
import { diskError, deleteReserve, removeOthersPermissionsSync, makeFolderSync } from './files.ts'

export const foldersIn = (folder: string) =>
  ({ checkpoints: join(folder, 'checkpoints'), datasets: join(folder, 'datasets') }) as const

/** `refusal`: why nothing can be written; undefined = writable. */
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
    for (const made of Object.values(foldersIn(folder))) makeFolderSync(made)
  } catch (error) {
    opened.db.close()
    throw diskError(error, `making the folders in ${folder}`)
  }
  for (const kept of ['', '-wal', '-shm']) removeOthersPermissionsSync(path + kept)
  for (const kept of Object.values(foldersIn(folder))) removeOthersPermissionsSync(kept)
  return opened
}

/** Opens for writing, deleting the reserve if the disk is full; returns the reason if that fails. */
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
      deleteReserve(folder)
    }
  }
}

/** Throws E_STORE_PLACE if the folder can be neither made nor read, and the E_DB_ errors that exclude reading too. */
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
