export { type BatchDefinition, defineBatch } from './module/define-batch.ts'
