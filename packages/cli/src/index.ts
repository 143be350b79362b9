export { type BatchDefinition, defineBatch } from './module/define-batch.ts'
export type { MapContext } from './map/module-job.ts'
