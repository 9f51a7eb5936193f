// The registries as plain data, for help that is printed before a data folder is opened.
export { catalog } from '../engine/catalog.ts'
