/** The types of kafkajs and amqplib beside ours: the compiler is the test. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { expect, it } from 'vitest'

it('takes the producer of kafkajs and the connections of amqplib as they are', () => {
  const folder = import.meta.dirname
  const compiler = join(folder, '../../node_modules/.bin/tsc')
  const { stdout } = spawnSync(compiler, ['--project', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
})
