import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sqliteTransport } from 'jitney/sqlite'
import { ManualClock, type TransportRun, transportConformance } from 'jitney/testing'
import { describe, it } from 'vitest'

import { bindings } from './bindings.ts'

describe.each(bindings)('sqliteTransport(), on $name', ({ binding }) => {
  const cases = transportConformance({
    lease: 30_000,
    start: (bounds): TransportRun => {
      const folder = mkdtempSync(join(tmpdir(), 'jitney-sqlite-'))
      const clock = new ManualClock()
      const transport = sqliteTransport(join(folder, 'queues.db'), { ...bounds, binding, clock })
      /** All that was asked for is done, and what is due by what came of it. */
      const settle = async (): Promise<void> => {
        for (let round = 0; round < 5; round += 1) {
          await transport.admin('none').stats()
          await clock.advance(0)
        }
      }
      return {
        transport,
        advance: async (duration) => {
          await settle()
          await clock.advance(duration)
          await settle()
        },
        end: async () => {
          await transport.close()
          rmSync(folder, { recursive: true })
        },
      }
    },
  })
  // oxlint-disable-next-line vitest/expect-expect -- each case expects by itself
  it.each(cases)('$name', ({ run }) => run())
})
