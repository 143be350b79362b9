// Each tenant has a database of its own: a batch is for one tenant. Reads and writes share two
// connections, first come, first served.
import { Batcher, Semaphore } from 'jitney'
import { ManualClock } from 'jitney/testing'

type Call = { tenant: string; id: number }

const clock = new ManualClock()
const connections = new Semaphore(2)

function batcherOf(verb: string): Batcher<Call, string> {
  return new Batcher(
    async (calls: Call[], { key }) => {
      const ids = calls.map(({ id }) => id)
      console.log(`${clock.now()} ms: ${verb} ${ids.join(', ')} of`, key)
      await clock.sleep(100)
      return ids.map((id) => `${verb} ${id}`)
    },
    { batchKey: ({ tenant }) => tenant, concurrency: connections, clock },
  )
}

const [reads, writes] = [batcherOf('read'), batcherOf('write')]
const calls = [
  reads.process({ tenant: 'acme', id: 1 }),
  reads.process({ tenant: 'initech', id: 2 }),
  reads.process({ tenant: 'acme', id: 3 }),
  reads.process({ tenant: 'hooli', id: 4 }),
  writes.process({ tenant: 'acme', id: 5 }),
  writes.process({ tenant: 'initech', id: 6 }),
  writes.process({ tenant: 'acme', id: 7 }),
]
await clock.advance(0)
console.log(`${connections.active} connections in use, ${connections.queued} batchers wait for one`)
await clock.advance(1000)
console.log(`the last caller got: ${await calls.at(-1)}`)

// Output:
// 0 ms: read 1, 3 of acme
// 0 ms: read 2 of initech
// 2 connections in use, 2 batchers wait for one
// 100 ms: read 4 of hooli
// 100 ms: write 5, 7 of acme
// 200 ms: write 6 of initech
// the last caller got: write 7
