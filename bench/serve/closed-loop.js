import { Connection, postBytes } from './connection.js'

/**
 * So many connections, each of which asks again when it is answered, for some milliseconds.
 * Resolves to how many requests were answered per second, and throws if an answer is wrong.
 *
 * @param {{ port: number, path: string, connections: number, milliseconds: number }} load
 */
export async function closedLoop({ port, path, connections, milliseconds }) {
  const request = postBytes(path, '42')
  let answered = 0
  let wrong = 0
  let isOver = false
  /** @param {Connection} connection */
  const ask = (connection) => {
    connection.send(request, (status, body) => {
      if (isOver) return
      if (status === 200 && body === '42') answered += 1
      else wrong += 1
      if (connection.isOpen) ask(connection)
    })
  }
  const open = await Promise.all(
    Array.from({ length: connections }, () => new Connection(port, () => {}).opened()),
  )
  const start = performance.now()
  for (const connection of open) ask(connection)
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  isOver = true
  const seconds = (performance.now() - start) / 1000
  for (const connection of open) connection.close()
  if (wrong > 0) throw new Error(`Wrong answers: ${wrong} of ${answered + wrong}`)
  return answered / seconds
}
