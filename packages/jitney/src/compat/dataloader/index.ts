/** The class of the package `dataloader`, for programs that move from it. */
import { DataLoader } from './data-loader.ts'

export { DataLoader }
// As programs import it from `dataloader`, by `import` and by `require`.
// oxlint-disable-next-line import/no-default-export -- DataLoader's own
export { DataLoader as default, DataLoader as 'module.exports' }
export type { BatchLoadFn, CacheMap, Options } from './options.ts'
