// Reads the files of a folder or an archive of images, each whole; compressed ones are opened.
import { imageFolder } from '../../engine/imports/images/folder.ts'
import { concatBytes } from '../pieces.ts'
import { containerOf, gunzip } from './containers.ts'
import type { ImportTask, Reader } from './importJob.ts'

/** The content of a file, unpacked if it is compressed with gzip. Throws E_DATA_FORMAT for a damaged one. */
export const unpackedFile = (path: string, bytes: Uint8Array): Uint8Array =>
  containerOf(bytes) === 'gzip' ? concatBytes(gunzip(path)(bytes, true)) : bytes

/** Throws E_DATA_FORMAT with the path of a file that is no image, or does not fit the others. */
export function imageReader({ files, settings }: ImportTask & { files: readonly string[] }): Reader {
  const folder = imageFolder(files, settings)
  let parts: Uint8Array[] = []
  return {
    read({ file, bytes, last }) {
      if (!folder.wants(file)) return { text: '' }
      parts.push(bytes)
      if (!last) return { text: '' }
      const whole = parts.length === 1 ? parts[0]! : concatBytes(parts)
      parts = []
      folder.add(file, unpackedFile(file, whole))
      return { text: '' }
    },
    end() {
      const { notes, ...ended } = folder.end()
      return { ...ended, encoding: 'utf-8', warnings: notes }
    },
  }
}
