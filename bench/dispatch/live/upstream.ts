import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// An upstream in a process of its own: so many slots, each of which takes `a + b * n` milliseconds for
// a list of n numbers. What finds no slot free waits in line, as it would in a real one.

const [slots, a, b] = process.argv.slice(2).map(Number) as [number, number, number]
const line: (() => void)[] = []
let free = slots

/** Timers come up to a millisecond late: the rest is waited for turn by turn. */
function at(time: number, callback: () => void): void {
  const left = time - performance.now()
  if (left <= 0) callback()
  else if (left > 2) setTimeout(at, Math.floor(left - 1.5), time, callback)
  else setImmediate(at, time, callback)
}

function serve(numbers: readonly number[], answer: (numbers: readonly number[]) => void): void {
  at(performance.now() + a + b * numbers.length, () => {
    answer(numbers)
    const next = line.shift()
    if (next) next()
    else free += 1
  })
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const numbers = JSON.parse(Buffer.concat(chunks).toString()) as number[]
    const begin = (): void => {
      serve(numbers, (answers) => response.end(JSON.stringify(answers)))
    }
    if (free > 0) {
      free -= 1
      begin()
    } else line.push(begin)
  })
})
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
