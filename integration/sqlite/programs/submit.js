// Submits items one after the other, then as many at once: node submit.js FILE COUNT MODE.
import { sqliteTransport } from 'jitney/sqlite'

const [file, count, mode] = process.argv.slice(2)
const transport = sqliteTransport(file, { binding: process.env.BINDING ?? 'libsql' })
const client = transport.client('items', 'client')
const submit = (sequence) =>
  client.submit([{ sequence, body: Uint8Array.of(1), priority: 0, timeToLive: Infinity }], [])
// The tables are made.
await client.submit([], [])
console.log('begin')
const sequences = Array.from({ length: Number(count) }, (_, index) => index + 1)
if (mode === 'each') for (const sequence of sequences) await submit(sequence)
else await Promise.all(sequences.map(submit))
console.log('end')
await transport.close()
