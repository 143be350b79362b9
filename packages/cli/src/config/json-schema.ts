import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The configuration as JSON Schema, for editors: what may be written, with its descriptions. */
export function configJsonSchema(): object {
  return {
    title: 'The configuration of jitney serve',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  }
}
