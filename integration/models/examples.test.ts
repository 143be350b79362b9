import { join } from 'node:path'

import { describe } from 'vitest'

import { runExamples } from '../run-examples.ts'

describe('the examples with models', () => {
  runExamples(join(import.meta.dirname, 'examples'))
})
