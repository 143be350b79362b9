export { type BatchDefinition, type BatchDetails, defineBatch } from './module/define-batch.ts'
export type { MapContext } from './map/module-job.ts'
