// Projections against plain definitions: exact components, Barnes-Hut sums, perplexities, separated groups, the same picture for the same seed.
import { describe, expect, it } from 'vitest'
import { inspectText, openModel } from '../../../src-main/engine/index.ts'
import {
  affinitiesOf,
  conditionalProbabilities,
} from '../../../src-main/engine/probes/projection/affinities.ts'
import { principalComponents } from '../../../src-main/engine/probes/projection/pca.ts'
import { project } from '../../../src-main/engine/probes/projection/project.ts'
import { repulsion } from '../../../src-main/engine/probes/projection/quadtree.ts'
import { gradientOf, tsne } from '../../../src-main/engine/probes/projection/tsne.ts'
import { umap } from '../../../src-main/engine/probes/projection/umap.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'
import { executor, model, text, trained } from './trainedModel.ts'

const stream = (seed: number) => randomStream({ seed: [seed, 0], step: 0 }, 1)
const normals = (count: number, seed: number) => {
  const random = stream(seed)
  return Float64Array.from({ length: count }, () => random.normal())
}
/** 90 points of 5 values in three groups far from each other; point p is of group p % 3. */
const groups = normals(450, 4).map((value, i) => value + 20 * (i % 5 === Math.floor(i / 5) % 3 ? 1 : 0))

/** Share of points whose nearest neighbour in the plane is of their group. */
function kept(places: ArrayLike<number>): number {
  const count = places.length / 2
  const near = (p: number) => {
    let [best, at] = [Infinity, -1]
    for (let q = 0; q < count; q++) {
      const d = Math.hypot(places[2 * p]! - places[2 * q]!, places[2 * p + 1]! - places[2 * q + 1]!)
      if (q !== p && d < best) [best, at] = [d, q]
    }
    return at
  }
  return Array.from({ length: count }, (_, p) => near(p) % 3 === p % 3).filter(Boolean).length / count
}

describe('principal components', () => {
  it('of a stretched and rotated cloud are its axes, with their shares of the variance', async () => {
    const [c, s] = [Math.cos(0.6), Math.sin(0.6)]
    const raw = normals(4000, 1)
    const cloud = Float64Array.from({ length: 4000 }, (_, i) => {
      const [a, b] = [3 * raw[i - (i % 2)]!, raw[i - (i % 2) + 1]!]
      return i % 2 === 0 ? 7 + c * a - s * b : s * a + c * b
    })
    const { coordinates, explained } = await principalComponents(cloud, 2, 2)
    expect(explained[0]).toBeCloseTo(0.9, 1)
    expect(explained[0]! + explained[1]!).toBeCloseTo(1, 12)
    const cross = Array.from({ length: 2000 }, (_, p) => coordinates[2 * p]! * coordinates[2 * p + 1]!)
    expect(cross.reduce((a, b) => a + b, 0) / 2000).toBeCloseTo(0, 10)
    // Distances stay as they were.
    const distance = (v: Float64Array, p: number, q: number) =>
      Math.hypot(v[2 * p]! - v[2 * q]!, v[2 * p + 1]! - v[2 * q + 1]!)
    expect(distance(coordinates, 3, 77)).toBeCloseTo(distance(cloud, 3, 77), 10)
  })
})

describe('t-SNE', () => {
  it('gives each point the wanted perplexity, and affinities that are symmetric and sum to 1', () => {
    const p = conditionalProbabilities(
      normals(60, 2)
        .map((v) => v * v)
        .sort(),
      12,
    )
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(Math.exp(-p.reduce((a, b) => a + (b > 0 ? b * Math.log(b) : 0), 0))).toBeCloseTo(12, 3)
    const { from, to, weight } = affinitiesOf(groups, 5, 5)
    expect(weight.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10)
    const entry = (p: number, q: number) => {
      for (let e = from[p]!; e < from[p + 1]!; e++) if (to[e] === q) return weight[e]!
      return 0
    }
    for (let p = 0; p < 90; p += 7)
      for (let q = 0; q < 90; q++) expect(entry(p, q)).toBeCloseTo(entry(q, p), 15)
  })

  it('sums repulsions exactly with an opening of 0, also of points that lie on each other, and nearly with 0.5', () => {
    const places = normals(240, 3)
    places.set([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    const count = places.length / 2
    const forces = new Float64Array(places.length)
    let normaliser = 0
    for (let p = 0; p < count; p++)
      for (let q = 0; q < count; q++) {
        if (p === q) continue
        const [dx, dy] = [places[2 * p]! - places[2 * q]!, places[2 * p + 1]! - places[2 * q + 1]!]
        const near = 1 / (1 + dx * dx + dy * dy)
        normaliser += near
        forces[2 * p]! += near * near * dx
        forces[2 * p + 1]! += near * near * dy
      }
    const exact = repulsion(places, 0)
    expect(exact.normaliser).toBeCloseTo(normaliser, 8)
    forces.forEach((force, i) => expect(exact.forces[i]).toBeCloseTo(force, 9))
    const near = repulsion(places, 0.5)
    expect(Math.abs(near.normaliser / normaliser - 1)).toBeLessThan(0.01)
    forces.forEach((force, i) => expect(Math.abs(near.forces[i]! - force)).toBeLessThan(0.5))
  })

  it('descends the gradient of the KL divergence', () => {
    const affinities = affinitiesOf(groups, 5, 5)
    const places = normals(180, 6)
    const divergence = (at: Float64Array) => {
      const { normaliser } = repulsion(at, 0)
      let sum = 0
      for (let p = 0; p < 90; p++)
        for (let e = affinities.from[p]!; e < affinities.from[p + 1]!; e++) {
          const q = affinities.to[e]!
          const near = 1 / (1 + (at[2 * p]! - at[2 * q]!) ** 2 + (at[2 * p + 1]! - at[2 * q + 1]!) ** 2)
          sum += affinities.weight[e]! * Math.log((affinities.weight[e]! * normaliser) / near)
        }
      return sum
    }
    const gradient = gradientOf(affinities, places, 1, 0)
    for (const i of [0, 31, 102, 179]) {
      const moved = (by: number) => divergence(places.map((v, k) => v + (k === i ? by : 0)))
      expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6)
    }
  })

  it('and UMAP keep separated groups apart', async () => {
    const { coordinates } = await principalComponents(groups, 5, 2)
    expect(kept(tsne(groups, 5, coordinates, 10))).toBe(1)
    expect(kept(await umap(groups, 5, 10, stream(1)))).toBe(1)
  })
})

describe('a projection of a model', () => {
  const options = { text, source: 'states', method: 'pca', signal: 'h', points: 150, perplexity: 10, neighbours: 8, seed: 1 } as const // prettier-ignore

  it('places states of evenly spread positions of all layers, coloured by the class of the symbol', async () => {
    const found = await project(model, options)
    expect([found.x.length, found.explained!.length]).toEqual([150, 2])
    const layers = [0, 1].map((layer) => inspectText(model, { text, layer, signal: 'h' }).values)
    const values = Float32Array.from(
      [...found.positions].flatMap((t) => layers.flatMap((v) => [...v.subarray(t * 6, t * 6 + 6)])),
    )
    const { coordinates, explained } = await principalComponents(values, 12, 2)
    expect(found.explained).toEqual(explained.map((share) => expect.closeTo(share, 5)))
    found.x.forEach((x, p) => expect(x).toBeCloseTo(coordinates[2 * p]!, 5))
    found.positions.forEach((t, p) => {
      expect(found.names[p]).toBe(found.tokens[t])
      const space = found.tokens[t] === ' '
      expect(found.classes![found.values[p]!] === 'white space').toBe(space)
    })
  })

  it.each(['tsne', 'umap'] as const)('is the same picture for the same seed (%s)', async (method) => {
    const once = () => project(model, { ...options, method, points: 80 })
    const found = await once()
    expect(await once()).toEqual(found)
    expect([...found.x, ...found.y].every(Number.isFinite)).toBe(true)
    expect(found.explained).toBeNull()
  })

  it('places phrases at their ends, and embeddings of all symbols', async () => {
    const phrases = await project(model, { ...options, source: 'phrases', colour: 'column' })
    expect(phrases.names[0]).toBe('" 12 Owls.')
    expect(phrases.names).toContain('He said "go (now) or never" and went.')
    phrases.positions.forEach((t) => expect(['.', '?']).toContain(phrases.tokens[t]))
    expect(phrases.classes).toBeNull()
    const symbols = await project(model, { ...options, source: 'embeddings', colour: 'vowel' })
    expect(symbols.names).toEqual(model.vocabulary)
    expect(symbols.classes).toEqual(['does not hold', 'holds'])
    symbols.names.forEach((name, p) => expect(symbols.values[p]).toBe(/^[aeiou]$/i.test(name) ? 1 : 0))
  })

  it('refuses embeddings of one-hot inputs, faulty predicates, short texts and too many points', async () => {
    const oneHot = openModel(trained({ model: { cell: 'rnn', hidden: 4, input: 'onehot' } }, 1), executor)
    await expect(project(oneHot, { ...options, source: 'embeddings' })).rejects.toThrow(/source: .*one-hot/)
    await expect(project(model, { ...options, colour: 'quot' })).rejects.toThrow(/quote/)
    await expect(project(model, { ...options, text: 'we' })).rejects.toThrow(/text: 2 points/)
    await expect(project(model, { ...options, method: 'tsne', points: 5001 })).rejects.toThrow(/points: tsne/)
  })
})
