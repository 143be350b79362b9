import { installServices } from './services.ts'

/** Once, before any test file runs. */
export function setup(): void {
  installServices()
}
