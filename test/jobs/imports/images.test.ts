// Images and frames as they are published and saved: IDX pairs, folders of PNG and JPEG, .npy arrays; what is stored, and what is refused.
import { readFileSync } from 'node:fs'
import { encode as encodePng } from 'fast-png'
import { gzipSync, zipSync } from 'fflate'
import jpeg from 'jpeg-js'
import { describe, expect, it } from 'vitest'
import { readFrames, readImages, writeImages } from '../../../src-main/engine/formats/imageText.ts'
import { readNpy } from '../../../src-main/engine/imports/images/npy.ts'
import { resized } from '../../../src-main/engine/imports/images/pixels.ts'
import { lookAt } from '../../../src-main/jobs/imports/look.ts'
import { importFile, importFiles } from './importing.ts'

/** An IDX file of unsigned bytes. */
function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt32BE(0x0800 + shape.length, 0)
  shape.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i))
  return Uint8Array.from([...header, ...values])
}

/** A gray image of one level. */
const png = (level: number, width = 3, height = 2) =>
  encodePng({ width, height, channels: 1, depth: 8, data: new Uint8Array(width * height).fill(level) })

const fixture = (name: string) => new Uint8Array(readFileSync(`test/fixtures/arrays/${name}`))

/** A .npy file of bytes with this shape. */
function npy(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`
  return Uint8Array.from([
    0x93,
    ...Buffer.from('NUMPY'),
    1,
    0,
    header.length,
    0,
    ...Buffer.from(header),
    ...Array.from(values),
  ])
}

describe('IDX files', () => {
  const digits = {
    'train-images-idx3-ubyte.gz': gzipSync(idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255])),
    'train-labels-idx1-ubyte.gz': gzipSync(idx([2], [7, 3])),
    't10k-images-idx3-ubyte': idx([1, 2, 3], [9, 9, 9, 9, 9, 9]),
    't10k-labels-idx1-ubyte': idx([1], [10]),
  }

  it('of images and labels pair, the test part last', async () => {
    const { text, statistics } = await importFiles(digits)
    expect(statistics).toMatchObject({ form: 'images', test: 1 })
    const set = readImages(text)
    expect([set.rows, set.columns, set.classes]).toEqual([2, 3, ['3', '7', '10']])
    expect([...set.labels]).toEqual([1, 0, 2])
    expect([...set.pixels]).toEqual([0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255, 9, 9, 9, 9, 9, 9])
    expect((await importFile('digits.zip', zipSync(digits))).text).toBe(text)
    expect((await importFile('stored.txt', text)).statistics.form).toBe('images')
  })

  it('alone are images without classes', async () => {
    const { text, statistics } = await importFile('images.idx', idx([1, 2, 2], [1, 2, 3, 4]))
    expect([...readImages(text).labels]).toEqual([-1])
    expect(statistics.warnings[0]!.message).toMatch(/have no classes/)
  })

  it('that lie, are cut or do not fit each other are refused', async () => {
    await expect(importFile('a.idx', idx([9, 28, 28], [1, 2]))).rejects.toThrow(
      /^a\.idx: the header says 9 x 28 x 28 = 7,056 bytes, and 2 follow\. The file is cut/,
    )
    await expect(importFile('a.idx', idx([2], [1, 2]))).rejects.toThrow(
      /shape \(2\) is no data set by itself/,
    )
    const labels = idx([3], [1, 2, 3])
    await expect(importFiles({ ...digits, 'train-labels-idx1-ubyte.gz': labels })).rejects.toThrow(
      /3 labels for the 2 images of train-images/,
    )
    const { 't10k-labels-idx1-ubyte': _, ...rest } = digits
    await expect(importFiles(rest)).rejects.toThrow(
      /t10k-images-idx3-ubyte: there must be one file of images/,
    )
  })
})

describe('a folder of images', () => {
  const folder = {
    'cat/1.png': png(10),
    'cat/2.png': png(20),
    'dog/1.png': png(30),
    'dog/2.png': png(40),
    'notes.txt': Uint8Array.of(65),
  }

  it('with a folder per class has these classes', async () => {
    const { text, statistics } = await importFiles(folder, { order: 'keep' })
    const set = readImages(text)
    expect([set.classes, [...set.labels]]).toEqual([
      ['cat', 'dog'],
      [0, 0, 1, 1],
    ])
    expect([set.rows, set.columns, set.pixels[0], set.pixels[23]]).toEqual([2, 3, 10, 40])
    expect(statistics.warnings.map(({ message }) => message)).toEqual([
      '1 files that are no images left out.',
    ])
    const found = await lookAt(
      { name: 'f', files: Object.keys(folder), mode: 'strict', settings: {} },
      png(10),
      true,
    )
    expect(found).toMatchObject({ title: 'a folder of images', forms: ['images', 'frames'], error: null })
  })

  it('reads colours as luminance, palettes, few bits, transparency and JPEG', async () => {
    const color = encodePng({
      width: 2,
      height: 1,
      channels: 3,
      depth: 8,
      data: Uint8Array.of(255, 0, 0, 0, 255, 0),
    })
    const clear = encodePng({ width: 2, height: 1, channels: 2, depth: 8, data: Uint8Array.of(0, 0, 0, 255) })
    const wide = encodePng({ width: 2, height: 1, channels: 1, depth: 16, data: Uint16Array.of(0, 65535) })
    const photo = new Uint8Array(jpeg.encode({ width: 2, height: 1, data: Buffer.alloc(8, 128) }, 90).data)
    const { text } = await importFiles(
      { 'a/1.png': color, 'a/2.png': clear, 'b/1.png': wide, 'b/2.jpg': photo },
      { order: 'keep' },
    )
    const pixels = [...readImages(text).pixels]
    expect(pixels.slice(0, 6)).toEqual([76, 150, 255, 0, 0, 255])
    expect(Math.abs(pixels[6]! - 128)).toBeLessThan(4)
  })

  it('of different sizes is refused with the file, or scaled by area', async () => {
    const files = { ...folder, 'dog/2.png': png(40, 6, 4) }
    await expect(importFiles(files)).rejects.toThrow(/^dog\/2\.png: 4x6 pixels where 3 of 4 images have 2x3/)
    const { text, statistics } = await importFiles(files, { size: 'common', order: 'keep' })
    expect(readImages(text).pixels).toHaveLength(24)
    expect(statistics.warnings[0]!.message).toBe('1 images scaled to 2x3 pixels.')
    const half = resized({ rows: 2, columns: 3, pixels: Uint8Array.of(0, 60, 90, 0, 60, 90) }, 1, 2)
    expect([...half.pixels]).toEqual([20, 80])
  })

  it('without classes is an animation in the order of its numbers', async () => {
    const { text, statistics } = await importFiles({ 'f10.png': png(3), 'f9.png': png(2), 'f1.png': png(1) })
    expect(statistics.form).toBe('frames')
    const { sequences } = readFrames(text)
    expect([0, 6, 12].map((at) => sequences[0]![at])).toEqual([1, 2, 3])
  })

  it('with a damaged or misnamed file names it', async () => {
    await expect(importFiles({ ...folder, 'cat/2.png': png(1).subarray(0, 50) })).rejects.toThrow(
      /^cat\/2\.png: the image is damaged or cut/,
    )
    await expect(importFiles({ ...folder, 'dog/1.png': Uint8Array.of(1, 2, 3) })).rejects.toThrow(
      /^dog\/1\.png: this is neither a PNG nor a JPEG/,
    )
    await expect(importFile('one.png', png(1))).rejects.toThrow(/one image is no data set/)
  })
})

describe('.npy arrays', () => {
  it('of every type and order read as NumPy reads them', () => {
    const expected = JSON.parse(readFileSync('test/fixtures/arrays/expected.json', 'utf8')) as Record<
      string,
      number[]
    >
    for (const [name, values] of Object.entries(expected)) {
      const array = readNpy(fixture(`${name}.npy`), name)
      expect(array.shape).toEqual([2, 3, 4])
      expect([...array.values], name).toEqual(values)
    }
    expect(() => readNpy(fixture('objects.npy'), 'objects.npy')).toThrow(/have the type O/)
    expect(() => readNpy(fixture('big.npy').subarray(0, 150), 'big.npy')).toThrow(/The file is cut/)
  })

  it('become images, frames or music by their shape', async () => {
    expect(
      readImages((await importFile('x.npy', npy([2, 2, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8]))).text).pixels[7],
    ).toBe(8)
    const fractions = await importFile('f.npy', fixture('fortran.npy'))
    expect([...readImages(fractions.text).pixels].slice(0, 3)).toEqual([0, 11, 22])
    const moving = await importFile('m.npy', npy([2, 3, 5, 5], new Uint8Array(150).fill(9)))
    expect(moving.statistics.form).toBe('frames')
    expect(readFrames(moving.text).sequences.map(({ length }) => length)).toEqual([75, 75])
    const roll = new Uint8Array(4 * 88)
    roll[39] = 1
    expect((await importFile('roll.npy', npy([4, 88], roll))).statistics.form).toBe('music')
    const pair = zipSync({ 'x_train.npy': npy([2, 1, 2], [1, 2, 3, 4]), 'y_train.npy': npy([2], [5, 6]) })
    expect([...readImages((await importFile('set.npz', pair)).text).labels]).toEqual([0, 1])
  })
})

describe('the stored form', () => {
  it('names the line that is damaged, and reads 10,000 images of 784 pixels in a moment', () => {
    const labels = new Int32Array(10_000)
    const pixels = Uint8Array.from({ length: 10_000 * 784 }, (_, i) => i % 251)
    const text = writeImages({ rows: 28, columns: 28, classes: ['a', 'b'], labels, pixels })
    const begin = performance.now()
    const read = readImages(text)
    expect(performance.now() - begin).toBeLessThan(2000)
    expect(Buffer.compare(read.pixels, pixels)).toBe(0)
    const lines = text.slice(0, 3000).split('\n')
    expect(() => readImages(`${lines[0]}\n${lines[1]}\nc${lines[2]!.slice(1)}\n`)).toThrow(
      /line 3: the class "c" is not in the first line/,
    )
    expect(() => readImages(`${lines[0]}\n${lines[1]!.slice(0, 42)}\n`)).toThrow(
      /line 2: 30 pixels where an image has 28 x 28/,
    )
    expect(() => readImages('a\tb\n')).toThrow(/line 1: this is no stored form of images/)
  })
})
