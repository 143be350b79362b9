/** What users write, for every runtime. Each prints one line of JSON. */

export const useOfTheLibrary = `
import { Batcher } from 'jitney'

let calls = 0
const squares = new Batcher(async (numbers) => {
  calls += 1
  return numbers.map((number) => number * number)
})
const results = await Promise.all([1, 2, 3].map((number) => squares.process(number)))
await squares.close()
console.log(JSON.stringify({ calls, results }))
`

/** Its argument is a Node for the program. */
export const useOfProcesses = `
import { Batcher } from 'jitney'
import { processBatch } from 'jitney/worker'

const program = \`
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, items } = JSON.parse(line)
  if (items.includes('exit')) process.exit(3)
  console.log(JSON.stringify({ id, results: items.map((item) => item * item) }))
})\`
const square = processBatch([process.argv[2], '-e', program])
const squares = new Batcher(square, { concurrency: square.size })
const before = await squares.processAll([1, 2, 3])
const { code, exitCode } = await squares.process('exit').catch(({ cause }) => cause)
const after = await squares.process(4)
await squares.close()
await square.close()
console.log(JSON.stringify({ before, code, exitCode, after }))
`

export const useOfThreads = `
import { writeFileSync } from 'node:fs'
import { Batcher } from 'jitney'
import { threadBatch } from 'jitney/worker'

writeFileSync('square.mjs', \`export default (items) => {
  if (items.includes('exit')) process.exit(3)
  return items.map((item) => item * item)
}\`)
const square = threadBatch('square.mjs', { size: 1 })
const squares = new Batcher(square, { concurrency: square.size })
const before = await squares.processAll([1, 2, 3])
const { code, exitCode } = await squares.process('exit').catch(({ cause }) => cause)
const after = await squares.process(4)
await squares.close()
await square.close()
console.log(JSON.stringify({ before, code, exitCode, after }))
`

export const useOfRequests = `
import { createServer } from 'node:http'
import { httpBatcher } from 'jitney/http'

let requests = 0
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk)).on('end', () => {
    requests += 1
    const numbers = JSON.parse(body)
    if (requests === 1) response.writeHead(429, { 'retry-after': '0' }).end()
    else if (numbers.includes(-1)) response.writeHead(400).end()
    else response.end(JSON.stringify(numbers.map((number) => number * number)))
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = \`http://127.0.0.1:\${server.address().port}/\`
const squares = httpBatcher(url, { idempotent: true, retry: { attempts: 3, minDelay: 0 } })
const settled = await squares.processAllSettled([1, 2, -1, 4])
const results = settled.map(({ value, reason }) => value ?? reason.cause.status)
await squares.close()
server.close()
server.closeAllConnections()
console.log(JSON.stringify({ results, requests }))
`
