import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'

/** What `/once` was given since this process began. */
const seen = new Set()

const moods = {
  /** Half an answer, and the connection is gone. */
  cut(response) {
    response.writeHead(200, { 'content-length': 100 }).write('[')
    response.socket.end()
  },
  short: (response) => response.end('[]'),
  busy: (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  late: (response) => setTimeout(2000).then(() => response.end('[]')),
  refuse: (response) => response.writeHead(422).end(),
}

async function answer(request, response) {
  const items = await json(request)
  const mood = items.find(({ mood: name }) => Object.hasOwn(moods, name ?? ''))?.mood
  if (request.url === '/once' && mood !== 'busy') for (const { number } of items) see(number)
  if (mood !== undefined) return moods[mood](response)
  await setTimeout(Math.random() * 6)
  return response.end(JSON.stringify(items.map(({ number }) => number * 2)))
}

/** Doubles numbers on the port of its first argument; the first item with a mood has it do as that says. */
createServer((request, response) => {
  // Whoever asked has gone in the middle of it.
  answer(request, response).catch(() => response.destroy())
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))

function see(number) {
  if (seen.has(number)) console.log('twice')
  seen.add(number)
}
