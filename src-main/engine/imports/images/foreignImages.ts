// Foreign files that hold images, frames or arrays: IDX, .npy, and single PNG and JPEG files, which are refused with what to do.
import { imageText, frameText } from '../../formats/imageText.ts'
import { detectFormat } from '../../formats/index.ts'
import { formatError, type ForeignBytes, type ForeignText } from '../foreign.ts'
import { convertArray, formsOfArray, type NumberArray } from './arrays.ts'
import { isIdx, readIdx } from './idx.ts'
import { isNpy, readNpy } from './npy.ts'
import { isJpeg, isPng, readRaster } from './raster.ts'

const arrayFile = (
  id: string,
  title: string,
  recognises: (bytes: Uint8Array) => boolean,
  read: (bytes: Uint8Array, name: string) => NumberArray,
): ForeignBytes => ({
  id,
  title,
  recognises: ({ content }) => recognises(content),
  look({ name, content }, given) {
    const array = read(content, name)
    const forms = formsOfArray(array)
    if (forms.length === 0)
      throw formatError(
        `${name}: an array of shape (${array.shape.join(', ')}) is no data set by itself; images have (N, rows, columns), frames (N, frames, rows, columns). Import labels in a folder or ZIP with their images.`,
      )
    return { forms, settings: { as: forms[0]!, ...given }, columns: [], rows: [] }
  },
  convert: (bytes, { name = title, settings }) =>
    Promise.resolve(convertArray(read(bytes, name), name, settings)),
})

export const idx = arrayFile('idx', 'images (IDX)', isIdx, (bytes, name) => ({
  ...readIdx(bytes, name),
  kind: 'integer',
}))

export const npy = arrayFile('npy', 'an array of numbers (.npy)', isNpy, readNpy)

export const singleImage: ForeignBytes = {
  id: 'image',
  title: 'an image',
  recognises: ({ content }) => isPng(content) || isJpeg(content),
  look({ name, content }) {
    readRaster(content, name)
    throw formatError(
      `${name}: one image is no data set. Import a folder or ZIP of images, with a folder per class.`,
    )
  },
  convert: () => Promise.reject(formatError('one image is no data set.')),
}

/** Images and frames that are in their stored form already. */
export const storedImages: ForeignText = {
  id: 'images',
  title: 'images or frames in their stored form',
  recognises: ({ name, content }) => {
    const format = detectFormat(name, content)
    return format === imageText || format === frameText
  },
  look({ name, content }, given) {
    const format = detectFormat(name, content) ?? imageText
    const form = format === frameText ? ('frames' as const) : ('images' as const)
    return { title: format.title, forms: [form], settings: { as: form, ...given }, columns: [], rows: [] }
  },
  convert: () => ({ write: (text: string) => text, end: () => ({ text: '', notes: [] }) }),
}
