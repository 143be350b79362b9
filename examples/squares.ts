// A service squares integers by the thousand, its client asks for one: `getSquareOf(n)`.
// A call leaves when the batch is full or a second has passed, and gets its own square.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { Batcher } from 'jitney'
import { ManualClock } from 'jitney/testing'

const service = createServer((request, response) => {
  void json(request).then((numbers) => {
    response.end(JSON.stringify((numbers as number[]).map((n) => n * n)))
  })
})
await once(service.listen(0, '127.0.0.1'), 'listening')
const { port } = service.address() as AddressInfo

const clock = new ManualClock()
const squares = new Batcher(
  async (numbers: number[], { reason, signal }) => {
    console.log(`batch of ${numbers.length}, reason: ${reason}`)
    const body = JSON.stringify(numbers)
    const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body, signal })
    return (await response.json()) as number[]
  },
  { maxBatchSize: 1000, maxQueueTime: 1000, clock },
)
const getSquareOf = (n: number): Promise<number> => squares.process(n)

const calls = Array.from({ length: 2500 }, (_, n) => getSquareOf(n))
await clock.advance(1000)
const results = await Promise.all(calls)
console.log(`the square of 2499 is ${results[2499]}`)
console.log(`each caller got its own: ${results.every((result, n) => result === n * n)}`)

const late = [getSquareOf(12), getSquareOf(-3)]
await squares.close()
console.log(`closing sent what was left: ${(await Promise.all(late)).join(', ')}`)
service.close()

// Output:
// batch of 1000, reason: size
// batch of 1000, reason: size
// batch of 500, reason: time
// the square of 2499 is 6245001
// each caller got its own: true
// batch of 2, reason: close
// closing sent what was left: 144, 9
