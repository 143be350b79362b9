// Works on the queue of a file, one line for each item before it answers:
// node worker.js FILE LEASE [ITEM SIGNAL]. At that item it sends itself the signal; SIGTERM closes it.
import { BatchWorker } from 'jitney/remote'
import { sqliteTransport } from 'jitney/sqlite'

const [file, lease, item, signal] = process.argv.slice(2)
const transport = sqliteTransport(file, { binding: 'libsql' })
const worker = new BatchWorker(
  'squares',
  (numbers, { entries }) => {
    numbers.forEach((number, index) => {
      const { id, attempt } = entries[index]
      // A pipe is written at once, before whatever happens next.
      process.stdout.write(`${JSON.stringify({ number, id, attempt })}\n`)
    })
    if (item !== undefined && numbers.includes(Number(item))) process.kill(process.pid, signal)
    return numbers.map((number) => number * number)
  },
  { transport, lease: Number(lease), concurrency: 2 },
)
process.once('SIGTERM', () => {
  void worker.close().then(() => transport.close())
})
