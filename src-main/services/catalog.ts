// The registries as plain data, for help texts that need no data folder.
export { catalog } from '../engine/catalog.ts'
