export { nextDeparture } from './departure.ts'
export type { Departure, DepartureReason, QueueState } from './departure.ts'
export { Pacer } from './pacer.ts'
