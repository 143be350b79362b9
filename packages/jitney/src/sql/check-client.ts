import { refusal } from '../platform/errors.ts'
import { has } from '../platform/guards.ts'

export function checkClient(action: string, client: unknown): void {
  if (has(client, 'query')) return
  throw refusal(action, 'client', "an object with a method 'query'", client)
}
