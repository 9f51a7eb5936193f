// Folders and archives of images: a folder per class, numbered frames of animations, or files of images and labels (IDX, .npy); test part last.
import { largest } from '../../../contract/longLists.ts'
import { UnrollError, type Warning } from '../../../contract/errors.ts'
import type { DataForm, ImportSettings } from '../../../contract/importing.ts'
import { writeFrames, writeImages, type ImageSet } from '../../formats/imageText.ts'
import { formatError, noteOf, type ConvertedEnd } from '../foreign.ts'
import { shuffled } from '../shuffled.ts'
import { convertArray, formsOfArray, imagesOfArray, withoutClasses, type NumberArray } from './arrays.ts'
import { isIdx, readIdx } from './idx.ts'
import { isNpy, readNpy } from './npy.ts'
import { readSize, resized, type GrayPixels } from './pixels.ts'
import { readRaster } from './raster.ts'

const rasterName = /\.(png|jpe?g)$/i
const arrayName = /(\.npy|\.idx\d?|idx[1-4](-ubyte)?)(\.gz)?$/i
const testPart = /(^|[^a-z])(test|testing|valid|validation|val|dev|t10k)([^a-z]|$)/i
const trainPart = /^(train|training)$/i

const partsOf = (path: string): string[] =>
  path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
const isHidden = (path: string): boolean =>
  partsOf(path).some((part) => part.startsWith('.') || part === '__MACOSX')

/** The files of a folder of images: rasters, or arrays; undefined if most of its files are something else. */
export function imageFilesOf(
  files: readonly string[],
): { kind: 'rasters' | 'arrays'; paths: string[] } | undefined {
  const visible = files.filter((path) => !isHidden(path))
  for (const [kind, name] of [
    ['rasters', rasterName],
    ['arrays', arrayName],
  ] as const) {
    const paths = visible.filter((path) => name.test(path))
    if (paths.length > visible.length / 2) return { kind, paths: paths.sort(byNumbers.compare) }
  }
  return undefined
}

/** Orders names by the numbers in them: frame2 before frame10. */
const byNumbers = new Intl.Collator('en', { numeric: true })

/** The class of a file: the name of its folder; undefined without one. */
function classOf(path: string): string | undefined {
  const folder = partsOf(path).at(-2)
  return folder === undefined || testPart.test(folder) || trainPart.test(folder)
    ? undefined
    : folder.replace(/[\t\r\n]/g, ' ')
}
const isTest = (path: string): boolean =>
  partsOf(path)
    .slice(0, -2)
    .concat(classOf(path) ? [] : partsOf(path).slice(-2, -1))
    .some((part) => testPart.test(part))

/** The forms that a folder of images can take, the likeliest first. */
export function formsOfImageFiles(files: readonly string[]): DataForm[] {
  const found = imageFilesOf(files)!
  if (found.kind === 'arrays') return ['images']
  const classes = new Set(found.paths.map(classOf))
  return classes.has(undefined) || classes.size < 2 ? ['frames', 'images'] : ['images', 'frames']
}

export interface ImageFolder {
  wants(path: string): boolean
  /** Reads a whole file. Throws E_DATA_FORMAT with its path. */
  add(path: string, bytes: Uint8Array): void
  end(): ConvertedEnd & { form: DataForm }
}

/** Collects the files of a folder of images. */
export function imageFolder(files: readonly string[], settings: ImportSettings): ImageFolder {
  const { kind, paths } = imageFilesOf(files)!
  const wanted = new Set(paths)
  const as = settings.as ?? formsOfImageFiles(files)[0]!
  const collector = kind === 'arrays' ? arrayCollector(settings) : rasterCollector(paths, as, settings)
  return {
    wants: (path) => wanted.has(path),
    add: collector.add,
    end() {
      const ended = collector.end()
      const left = files.filter((path) => !isHidden(path)).length - paths.length
      const notes =
        left > 0
          ? [...ended.notes, noteOf(`${left.toLocaleString('en')} files that are no images left out.`)]
          : ended.notes
      return { form: as, ...ended, notes }
    },
  }
}

type Collector = Pick<ImageFolder, 'add'> & { end(): ConvertedEnd & { form?: DataForm } }

function rasterCollector(paths: readonly string[], as: DataForm, settings: ImportSettings): Collector {
  if (as !== 'images' && as !== 'frames')
    throw new UnrollError('E_ARG', `as: a folder of images can become images or frames, not ${as}.`, {
      path: 'settings.as',
    })
  const read = new Map<string, GrayPixels>()
  const fixed =
    settings.size === undefined || settings.size === 'common' ? undefined : readSize(settings.size)
  return {
    add(path, bytes) {
      const image = readRaster(bytes, path)
      read.set(path, fixed ? resized(image, fixed.rows, fixed.columns) : image)
    },
    end() {
      const known = paths.filter((path) => read.has(path))
      const { size, notes } = sameSize(known, read, settings.size)
      const pixelsOf = (path: string) => resized(read.get(path)!, size.rows, size.columns).pixels
      if (as === 'frames') {
        const folders = Map.groupBy(known, (path) => partsOf(path).slice(0, -1).join('/'))
        const sequences = [...folders.values()].map((list) => joined(list.map(pixelsOf)))
        return { text: writeFrames({ ...size, sequences }), notes }
      }
      const names = known.map(classOf)
      const classes = [...new Set(names.filter((name) => name !== undefined))].sort(byNumbers.compare)
      const isLabelled = classes.length > 1
      const order = settings.order === 'keep' ? <T>(list: T[]) => list : shuffled
      const used = isLabelled ? known.filter((_, i) => names[i] !== undefined) : known
      const [train, test] = [order(used.filter((path) => !isTest(path))), order(used.filter(isTest))]
      const all = [...train, ...test]
      const set: ImageSet = {
        ...size,
        classes: isLabelled ? classes : [],
        labels: Int32Array.from(all, (path) => (isLabelled ? classes.indexOf(classOf(path)!) : -1)),
        pixels: joined(all.map(pixelsOf)),
      }
      const more = isLabelled ? [] : [withoutClasses]
      return {
        text: writeImages(set),
        notes: [...notes, ...more, ...testNote(test.length, all.length)],
        ...(test.length > 0 && { test: test.length }),
      }
    },
  }
}

const testNote = (test: number, all: number): Warning[] =>
  test > 0
    ? [
        noteOf(
          `the last ${test.toLocaleString('en')} of ${all.toLocaleString('en')} images are the test part.`,
        ),
      ]
    : []

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** The size of all images: the one they have, or the most frequent one. Throws E_DATA_FORMAT for different sizes unless `size` allows them. */
function sameSize(paths: readonly string[], read: ReadonlyMap<string, GrayPixels>, size: string | undefined) {
  const sizeOf = (path: string) => `${read.get(path)!.rows}x${read.get(path)!.columns}`
  const counts = Map.groupBy(paths, sizeOf)
  if (counts.size === 0)
    throw new UnrollError('E_DATA_EMPTY', 'there is no image in it. Choose another folder.')
  const most = largest([...counts.values()].map((list) => list.length))
  const [common] = [...counts].find(([, list]) => list.length === most)!
  if (counts.size > 1 && size === undefined) {
    const other = paths.find((path) => sizeOf(path) !== common)!
    throw formatError(
      `${other}: ${sizeOf(other)} pixels where ${most.toLocaleString('en')} of ${paths.length.toLocaleString('en')} images have ${common} (rows x columns). Choose a size, such as 28x28 or common, to which all are scaled.`,
    )
  }
  const changed = paths.length - most
  const notes =
    changed > 0 ? [noteOf(`${changed.toLocaleString('en')} images scaled to ${common} pixels.`)] : []
  return { size: readSize(common), notes }
}

/** Arrays of images and of labels, which pair by the part that their names tell. */
function arrayCollector(settings: ImportSettings): Collector {
  const arrays: { path: string; array: NumberArray }[] = []
  return {
    add(path, bytes) {
      if (isNpy(bytes)) arrays.push({ path, array: readNpy(bytes, path) })
      else if (isIdx(bytes)) arrays.push({ path, array: { ...readIdx(bytes, path), kind: 'integer' } })
      else throw formatError(`${path}: this is neither an IDX file nor an .npy file, whatever its name says.`)
    },
    end() {
      if (arrays.length === 1) {
        const [{ path, array }] = arrays as [(typeof arrays)[number]]
        const form = settings.as ?? formsOfArray(array)[0] ?? 'images'
        return { form, ...convertArray(array, path, { ...settings, as: form }) }
      }
      const isLabels = ({ array }: (typeof arrays)[number]) =>
        array.shape.length === 1 || (array.shape.length === 2 && array.shape[1] === 1)
      const parts = [false, true]
        .map((test) => arrays.filter(({ path }) => testPart.test(path) === test))
        .filter((part) => part.length > 0)
      const pairs = parts.map((part) => {
        const [images, labels] = [part.filter((one) => !isLabels(one)), part.filter(isLabels)]
        if (images.length !== 1 || labels.length !== 1)
          throw formatError(
            `${part.map(({ path }) => path).join(', ')}: there must be one file of images and one of labels, for a test part one more of each with "test" or "t10k" in their names.`,
          )
        return labelled(images[0]!, labels[0]!)
      })
      return joinParts(pairs)
    },
  }
}

interface Labelled {
  set: ImageSet
  names: string[]
  notes: Warning[]
  path: string
}

function labelled(
  images: { path: string; array: NumberArray },
  labels: { path: string; array: NumberArray },
): Labelled {
  const { set, notes } = imagesOfArray(images.array, images.path)
  const values = labels.array.values
  if (values.length !== set.labels.length)
    throw formatError(
      `${labels.path}: ${values.length.toLocaleString('en')} labels for the ${set.labels.length.toLocaleString('en')} images of ${images.path}.`,
    )
  const names = Array.from(values, (value, n) => {
    if (Number.isInteger(value)) return String(value)
    throw formatError(`${labels.path}: label ${n + 1} is ${value}; labels are whole numbers.`)
  })
  return { set, names, notes, path: images.path }
}

function joinParts(parts: readonly Labelled[]): ConvertedEnd {
  const [first, second] = parts as [Labelled, Labelled | undefined]
  if (second && (second.set.rows !== first.set.rows || second.set.columns !== first.set.columns))
    throw formatError(
      `${second.path}: images of ${second.set.rows} x ${second.set.columns} where ${first.path} has ${first.set.rows} x ${first.set.columns}.`,
    )
  const names = parts.flatMap((part) => part.names)
  const classes = [...new Set(names)].sort(byNumbers.compare)
  const idOf = new Map(classes.map((name, id) => [name, id]))
  const pixels = parts.length === 1 ? first.set.pixels : joined(parts.map(({ set }) => set.pixels))
  const text = writeImages({
    ...first.set,
    classes,
    labels: Int32Array.from(names, (name) => idOf.get(name)!),
    pixels,
  })
  const test = second?.names.length ?? 0
  return {
    text,
    notes: [...parts.flatMap(({ notes }) => notes), ...testNote(test, names.length)],
    ...(test > 0 && { test }),
  }
}
