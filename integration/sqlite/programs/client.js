// Hands the numbers of a range to the queue of a file, one line for each of what came of it:
// node client.js FILE FIRST COUNT LANES. "accepted" once the queue has them all.
import { RemoteBatcher } from 'jitney/remote'
import { sqliteTransport } from 'jitney/sqlite'

const [file, first, count, lanes] = process.argv.slice(2)
const transport = sqliteTransport(file, { binding: 'libsql' })
const squares = new RemoteBatcher('squares', { transport, resubmitAfter: Infinity })
let next = Number(first)
const end = next + Number(count)

const watch = setInterval(() => {
  if (squares.stats().accepted < Number(count)) return
  clearInterval(watch)
  console.log('accepted')
}, 5)

async function lane() {
  while (next < end) {
    const number = next++
    try {
      console.log(JSON.stringify({ number, result: await squares.process(number) }))
    } catch (error) {
      console.log(JSON.stringify({ number, error: error.code }))
    }
  }
}
await Promise.all(Array.from({ length: Number(lanes) }, lane))
clearInterval(watch)
await squares.close()
await transport.close()
