/** When a batch leaves, as a pure function: for simulations and other schedulers. */
export { nextDeparture } from './departure.ts'
export type { Departure, DepartureReason, QueueState } from './departure.ts'
export { Pacer } from './pacer.ts'
