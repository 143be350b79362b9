/** Writes the JSON Schema of the service's configuration beside the package, where editors find it. */
import { writeFileSync } from 'node:fs'

import { configJsonSchema } from '../packages/cli/src/config/json-schema.ts'

writeFileSync(
  'packages/cli/dist/jitney.schema.json',
  `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`,
)
