import { join } from 'node:path'

import { describe } from 'vitest'

import { runExamples } from '../run-examples.ts'
import { findService } from '../services.ts'

describe.skipIf(findService('redis-server') === undefined)('the examples with Redis', () => {
  runExamples(join(import.meta.dirname, 'examples'))
})
