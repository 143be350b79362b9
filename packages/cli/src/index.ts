/** What a module for the command `jitney` needs: says how a batch function is to be served. */
export { type BatchDefinition, type BatchDetails, defineBatch } from './module/define-batch.ts'
export type { MapContext } from './map/module-job.ts'
