// Projects states, phrases or embeddings of a model into the plane by PCA, t-SNE or UMAP, with a class or number for the colour of each point.
import { UnrollError } from '../../../contract/errors.ts'
import type { Projection, ProjectionMethod } from '../../../contract/analyses.ts'
import { kindOf } from '../../../contract/predicate/expression.ts'
import { parsePredicate } from '../../../contract/predicate/parse.ts'
import { seedWords } from '../../nn/initialise.ts'
import { randomStream } from '../../run/random.ts'
import type { TrainedModel } from '../model.ts'
import { predicateValues } from '../predicates/index.ts'
import { readText } from '../predicates/readText.ts'
import { symbolClasses } from '../symbolClasses.ts'
import { principalComponents } from './pca.ts'
import { pointsOf, type PointOptions, type ProjectedPoints } from './points.ts'
import { tsne } from './tsne.ts'
import { umap } from './umap.ts'

/** Most points of t-SNE and UMAP, which compare all of them. */
const maxPoints = 5000
const maxUnits = 1024
/** Components from which t-SNE and UMAP start. */
const components = 50

/** Options of a projection. */
export interface ProjectionOptions extends PointOptions {
  method: ProjectionMethod
  perplexity: number
  neighbours: number
  colour?: string | undefined
  seed: number
}

/** Projects points. Throws the errors of pointsOf and of a faulty predicate, E_ARG for fewer than 4 points, E_TOO_LARGE for too many points or units. */
export async function project(model: TrainedModel, options: ProjectionOptions): Promise<Projection> {
  const { method, perplexity, neighbours, colour, seed } = options
  if (method !== 'pca' && options.points > maxPoints)
    throw tooLarge('points', `${method} places at most ${maxPoints} points`)
  const colours = colour === undefined ? undefined : parsePredicate(colour)
  const found = pointsOf(model, options)
  const count = found.positions.length
  if (count < 4)
    throw new UnrollError(
      'E_ARG',
      `text: ${count} points; a projection needs at least 4. Take a longer text.`,
      {
        path: 'text',
      },
    )
  if (found.size > maxUnits) throw tooLarge('id', `${found.size} units exceed the limit of ${maxUnits}`)
  const kept = Math.min(method === 'pca' ? 2 : components, found.size)
  const { coordinates, explained } = await principalComponents(found.values, found.size, kept)
  const plane = Float64Array.from({ length: 2 * count }, (_, i) =>
    i % 2 < kept ? coordinates[(i >> 1) * kept + (i % 2)]! : 0,
  )
  const random = randomStream({ seed: seedWords(seed), step: 0 }, 0x756d6170)
  const places =
    method === 'pca'
      ? plane
      : method === 'tsne'
        ? tsne(coordinates, kept, plane, perplexity)
        : await umap(coordinates, kept, neighbours, random)
  return {
    source: options.source,
    method,
    signal: options.signal,
    x: Float32Array.from({ length: count }, (_, p) => places[2 * p]!),
    y: Float32Array.from({ length: count }, (_, p) => places[2 * p + 1]!),
    explained: method === 'pca' ? explained : null,
    positions: found.positions,
    names: found.names,
    tokens: found.tokens,
    spaces: found.spaces,
    colour: colour ?? null,
    ...coloursOf(model, found, colours),
    seed,
    step: model.step,
  }
}

const tooLarge = (path: string, message: string) =>
  new UnrollError('E_TOO_LARGE', `${path}: ${message}.`, { path })

/** The class of each point's symbol, or the values of a predicate at its position. */
function coloursOf(
  model: TrainedModel,
  { tokens, spaces, positions }: ProjectedPoints,
  predicate: ReturnType<typeof parsePredicate> | undefined,
): Pick<Projection, 'classes' | 'values'> {
  const at = (values: ArrayLike<number>) => Float32Array.from(positions, (position) => values[position]!)
  if (!predicate) {
    const { names, of } = symbolClasses(tokens)
    return { classes: names, values: at(of) }
  }
  const read = readText({ symbols: tokens, spaces, words: model.symbols.unit === 'word' })
  const values = at(predicateValues(predicate, read))
  return { classes: kindOf(predicate) === 'boolean' ? ['does not hold', 'holds'] : null, values }
}
