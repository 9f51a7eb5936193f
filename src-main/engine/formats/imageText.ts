// Images and frames in their stored form: a first line of JSON with form, size and classes, then one image or one sequence of frames per line:
// its class, a tab, and the base64 of its gray levels (0 black to 255 white), row by row. Colours and images of different sizes are not stored.
import { UnrollError } from '../../contract/errors.ts'
import { defineFormat, quoted } from './format.ts'

/** Gray levels of stored pixels. */
export const storedLevels = 256
/** Rows and columns of an image, at most. */
export const maxSide = 4096

/** N images of one size. */
export interface ImageSet {
  rows: number
  columns: number
  /** Names of the classes by id; empty for images without labels. */
  classes: readonly string[]
  /** Class of each image (N); -1 without one. */
  labels: Int32Array
  /** Gray levels (N, rows, columns). */
  pixels: Uint8Array
}

/** Sequences of frames of one size, which may have different numbers of frames. */
export interface FrameSet {
  rows: number
  columns: number
  /** Gray levels (T, rows, columns) of each sequence. */
  sequences: readonly Uint8Array[]
}

interface Header {
  form: 'images' | 'frames'
  rows: number
  columns: number
  classes: string[]
}

const isHeader = (line: string): boolean => /^\{"form":"(images|frames)",/.test(line)
const formOf = (lines: readonly string[]) => /^\{"form":"(\w+)"/.exec(lines[0] ?? '')?.[1]

export const imageText = defineFormat({
  id: 'images',
  title: 'images (a class and gray levels on every line)',
  matches: (lines) => isHeader(lines[0]!) && formOf(lines) === 'images',
})

export const frameText = defineFormat({
  id: 'frames',
  title: 'sequences of frames (gray levels, one sequence on every line)',
  matches: (lines) => isHeader(lines[0]!) && formOf(lines) === 'frames',
})

const base64Of = (bytes: Uint8Array): string => {
  let binary = ''
  for (let i = 0; i < bytes.length; i++) binary += String.fromCharCode(bytes[i]!)
  return btoa(binary)
}

/** The first line of the stored form. */
export const headerLine = ({
  form,
  rows,
  columns,
  classes,
}: Omit<Header, 'classes'> & { classes?: readonly string[] }): string =>
  `${JSON.stringify({ form, rows, columns, ...(classes && { classes }) })}\n`

/** The line of an image or a sequence; `label`: its class, '' for none. */
export const pixelLine = (pixels: Uint8Array, label = ''): string => `${label}\t${base64Of(pixels)}\n`

/** The stored form of images. */
export function writeImages({ rows, columns, classes, labels, pixels }: ImageSet): string {
  const size = rows * columns
  const lines = Array.from(labels, (label, n) =>
    pixelLine(pixels.subarray(n * size, (n + 1) * size), classes[label] ?? ''),
  )
  return headerLine({ form: 'images', rows, columns, classes }) + lines.join('')
}

/** The stored form of sequences of frames. */
export const writeFrames = ({ rows, columns, sequences }: FrameSet): string =>
  headerLine({ form: 'frames', rows, columns }) + sequences.map((pixels) => pixelLine(pixels)).join('')

const fault = (line: number, message: string) =>
  new UnrollError('E_DATA_FORMAT', `data.dataset: line ${line}: ${message}`, { path: 'data.dataset', line })

const isSide = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxSide

function readHeader(line: string, form: Header['form']): Header {
  let header: Partial<Header> = {}
  try {
    header = JSON.parse(line) as Partial<Header>
  } catch {
    // Refused below.
  }
  if (header?.form !== form)
    throw fault(
      1,
      `this is no stored form of ${form}${header?.form ? ` but of ${quoted(String(header.form))}` : ''}. Import the ${form} as files.`,
    )
  const { rows, columns, classes = [] } = header
  if (!isSide(rows) || !isSide(columns))
    throw fault(1, `rows and columns must be whole numbers from 1 to ${maxSide}.`)
  if (
    !Array.isArray(classes) ||
    classes.some((name) => typeof name !== 'string') ||
    new Set(classes).size < classes.length
  )
    throw fault(1, 'classes must be a list of different names.')
  return { form, rows: rows!, columns: columns!, classes }
}

/** The lines of a text after the first one, with their numbers from 2; empty ones are left out. */
function* linesAfter(text: string, first: number): Generator<[line: string, number: number]> {
  let number = 2
  for (let at = first; at < text.length; number++) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    if (line !== '' && line !== '\r') yield [line, number]
  }
}

function decode(line: string, from: number, number: number): string {
  try {
    return atob(line.slice(from))
  } catch {
    throw fault(number, 'the gray levels are no base64. The data set is damaged; import it again.')
  }
}

function beginOf(text: string, form: Header['form']): { header: Header; first: number } {
  const end = text.indexOf('\n')
  return {
    header: readHeader(end < 0 ? text : text.slice(0, end), form),
    first: end < 0 ? text.length : end + 1,
  }
}

/** Reads images. Throws E_DATA_FORMAT with the line for a damaged text, E_DATA_EMPTY for one without images. */
export function readImages(text: string): ImageSet {
  const { header, first } = beginOf(text, 'images')
  const { rows, columns, classes } = header
  const size = rows * columns
  const room = Math.ceil((text.length - first) / (4 * Math.ceil(size / 3)))
  const pixels = new Uint8Array(room * size)
  const labels = new Int32Array(room)
  const idOf = new Map(classes.map((name, id) => [name, id]))
  let count = 0
  for (const [line, number] of linesAfter(text, first)) {
    const tab = line.indexOf('\t')
    const label = line.slice(0, Math.max(0, tab))
    const id = label === '' ? -1 : idOf.get(label)
    if (tab < 0 || id === undefined)
      throw fault(
        number,
        tab < 0 ? 'there is no tab after the class.' : `the class ${quoted(label)} is not in the first line.`,
      )
    const binary = decode(line, tab + 1, number)
    if (binary.length !== size)
      throw fault(number, `${binary.length} pixels where an image has ${rows} x ${columns} = ${size}.`)
    for (let i = 0, to = count * size; i < size; i++) pixels[to + i] = binary.charCodeAt(i)
    labels[count++] = id
  }
  if (count === 0)
    throw new UnrollError('E_DATA_EMPTY', 'data.dataset: there are no images in it.', {
      path: 'data.dataset',
    })
  return { rows, columns, classes, labels: labels.slice(0, count), pixels: pixels.subarray(0, count * size) }
}

/** Reads sequences of frames. Throws E_DATA_FORMAT with the line for a damaged text, E_DATA_EMPTY for one without frames. */
export function readFrames(text: string): FrameSet {
  const { header, first } = beginOf(text, 'frames')
  const { rows, columns } = header
  const size = rows * columns
  const sequences: Uint8Array[] = []
  for (const [line, number] of linesAfter(text, first)) {
    const binary = decode(line, line.indexOf('\t') + 1, number)
    if (binary.length === 0 || binary.length % size > 0)
      throw fault(number, `${binary.length} pixels are no whole number of frames of ${rows} x ${columns}.`)
    sequences.push(Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i)))
  }
  if (sequences.length === 0)
    throw new UnrollError('E_DATA_EMPTY', 'data.dataset: there are no frames in it.', {
      path: 'data.dataset',
    })
  return { rows, columns, sequences }
}
