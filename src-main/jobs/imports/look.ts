// A look at the beginning of what would be imported: how it would be read, and the first lines of the data set.
import { toErrorValue } from '../../contract/errors.ts'
import type { FoundData, ImportSettings } from '../../contract/importing.ts'
import { bytesKind, foreignTexts, textKind } from '../../engine/imports/index.ts'
import { folderConverter, folderSettings, isTestFile, planFolder } from '../../engine/imports/folders.ts'
import { midiFolder } from '../../engine/imports/music.ts'
import { formsOfImageFiles, imageFilesOf, imageFolder } from '../../engine/imports/images/folder.ts'
import type { ConvertedEnd, Sight } from '../../engine/imports/foreign.ts'
import { fileDecoder } from '../decode.ts'
import { containerOf, gunzip, unzip } from './containers.ts'
import { decodeFile } from './folder.ts'
import { isMusicFolder, type ImportTask } from './importJob.ts'
import { areTables } from './tables.ts'

const shownLines = 12
const shownLength = 400

/** `bytes`: the beginning of the file, or the first file of a folder; `whole` if that is all of it. `'whole'`: the whole file is needed. */
export async function lookAt(
  task: ImportTask,
  bytes: Uint8Array,
  whole: boolean,
): Promise<FoundData | 'whole'> {
  const { name, files, settings } = task
  if (files && areTables(files)) return lookAtTables(task, files, bytes)
  if (files) return lookAtFolder(task, files, () => bytes)
  const container = settings.format === 'text' ? undefined : containerOf(bytes)
  if (container === 'zip') {
    if (!whole) return 'whole'
    const { paths, read } = unzip(name, bytes)
    const first = () => read().next().value as [string, Uint8Array]
    if (areTables(paths)) return lookAtTables(task, paths, first()[1])
    if (paths.length > 1) return lookAtFolder(task, paths, () => first()[1])
    return lookAt({ ...task, name: paths[0]! }, first()[1], true)
  }
  if (container === 'gzip') {
    const [inner] = gunzip(name)(bytes, whole)
    return lookAt({ ...task, name: name.replace(/\.gz$/i, '') }, inner ?? new Uint8Array(0), whole)
  }
  const kind = bytesKind({ name, content: bytes, whole })
  if (!kind) return lookAtText(task, bytes, whole)
  if (!whole) return 'whole'
  const sight = await kind.look({ name, content: bytes, whole }, settings)
  return found(sight, [kind], () =>
    kind.convert(bytes, { ...sight, name, settings: { ...sight.settings, order: 'keep' } }),
  )
}

/** Bytes of the first file that are looked at; a longer beginning may end within a record. */
const wholeBytes = 1 << 22

/** A look at tables that become one data set, by the first of them. */
async function lookAtTables(
  task: ImportTask,
  files: readonly string[],
  bytes: Uint8Array,
): Promise<FoundData | 'whole'> {
  const one = await lookAt({ ...task, name: files[0]!, files: undefined }, bytes, bytes.length < wholeBytes)
  if (one === 'whole') return one
  const test = files.filter(isTestFile).length
  return {
    ...one,
    title: `${files.length} files, each ${one.title}${test > 0 ? '; the test part comes last' : ''}`,
  }
}

function lookAtText(
  { name, mode, settings }: ImportTask,
  bytes: Uint8Array,
  whole: boolean,
): Promise<FoundData> {
  const { text: content } = fileDecoder(name, mode).read(bytes, whole)
  const head = { name, content, whole }
  const kind = textKind(head, settings)
  const others = foreignTexts.filter((one) => one !== kind && (one.id === 'text' || one.recognises(head)))
  const kinds = [kind, ...others]
  let sight: Sight
  try {
    sight = kind.look(head, settings)
  } catch (error) {
    // What cannot be read as it seems to be may still be read as text.
    const nothing: Sight = { forms: ['text'], settings: { as: 'text', ...settings }, columns: [], rows: [] }
    return found(nothing, kinds, () => Promise.reject(error as Error))
  }
  return found(sight, kinds, () => {
    const converter = kind.convert(head, { ...sight, settings: { ...sight.settings, order: 'keep' } })
    const text = converter.write(content)
    return whole ? joinEnd(text, converter.end()) : { text, notes: [] }
  })
}

const joinEnd = (text: string, ended: ConvertedEnd): ConvertedEnd => ({ ...ended, text: text + ended.text })

function lookAtFolder(
  { name, mode, settings }: ImportTask,
  files: readonly string[],
  first: () => Uint8Array,
): Promise<FoundData> {
  if (isMusicFolder(files)) {
    const title = 'a folder of music (MIDI)'
    const sight: Sight = { forms: ['music'], settings: { as: 'music', ...settings }, columns: [], rows: [] }
    return found({ ...sight, title }, [{ id: 'folder', title }], () => {
      const folder = midiFolder()
      return joinEnd(folder.add(files[0]!, first()), folder.end())
    })
  }
  if (imageFilesOf(files)) return lookAtImages(files, settings, first())
  const plan = planFolder(files)
  const text = decodeFile(name, mode, first(), () => undefined)
  const chosen = folderSettings(plan, text, settings)
  const sight: Sight = { forms: plan.forms, settings: chosen, columns: [], rows: [] }
  const title = plan.examples.size > 0 ? 'a folder of texts for each class' : 'a folder of texts'
  return found({ ...sight, title }, [{ id: 'folder', title }], () => {
    const converter = folderConverter(plan, { ...chosen, order: 'keep' })
    const path = plan.examples.keys().next().value ?? plan.texts[0]!
    return joinEnd(converter.add(path, text), converter.end())
  })
}

/** A look at a folder of images; of rasters only the first file is known. */
function lookAtImages(
  files: readonly string[],
  settings: ImportSettings,
  bytes: Uint8Array,
): Promise<FoundData> {
  const { kind, paths } = imageFilesOf(files)!
  const forms = formsOfImageFiles(files)
  const title = kind === 'rasters' ? 'a folder of images' : 'files of images and labels'
  const sight: Sight = { forms, settings: { as: forms[0]!, ...settings }, columns: [], rows: [] }
  return found({ ...sight, title }, [{ id: 'folder', title }], () => {
    const folder = imageFolder(files, settings)
    if (kind === 'arrays' || files[0] !== paths[0]) return { text: '', notes: [] }
    folder.add(paths[0]!, bytes)
    return { text: folder.end().text, notes: [] }
  })
}

async function found(
  { title, forms, settings, columns, rows }: Sight,
  formats: readonly { id: string; title: string }[],
  convert: () => ConvertedEnd | Promise<ConvertedEnd>,
): Promise<FoundData> {
  const [first, ...others] = formats.map(({ id, title: own }) => ({ id, title: own }))
  const known = { title: title ?? first!.title, formats: [first!, ...others], forms, settings, columns, rows }
  try {
    const { text, notes } = await convert()
    const lines = text
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, shownLines)
    return { ...known, lines: lines.map((line) => line.slice(0, shownLength)), notes, error: null }
  } catch (error) {
    return { ...known, lines: [], notes: [], error: toErrorValue(error) }
  }
}
