import { createHistogram } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, postBytes } from './connection.js'

/** For answers once the load has ended, in milliseconds. */
const longestWait = 30_000
/** Histograms count integers: microseconds. */
const perMillisecond = 1000

/**
 * Sends requests at a rate, whether or not those before were answered, as users do who know nothing
 * of each other: the gaps are exponential. Latency counts from the moment at which a request was
 * due, also if the generator or its connections were late (no coordinated omission).
 *
 * Every request carries a number of its own and must be answered with that number.
 *
 * @param {object} load
 * @param {number} load.port
 * @param {string} load.path
 * @param {number} load.rate requests per second
 * @param {number} load.milliseconds how long
 * @param {number} load.connections opened before; more are opened as they are needed
 * @param {number} load.mostConnections what is due beyond them waits in the generator
 */
export async function openLoop({ port, path, rate, milliseconds, connections, mostConnections }) {
  const served = createHistogram()
  const refused = createHistogram()
  const lateness = createHistogram()
  const statuses = new Map()
  const all = new Set()
  const idle = []
  /** @type {{ due: number, item: number }[]} */
  let backlog = []
  let backlogHead = 0
  let offered = 0
  let answered = 0
  let wrong = 0
  let lost = 0
  let sentInTime = 0
  let servedInTime = 0

  const onClosed = (connection) => {
    all.delete(connection)
    const place = idle.indexOf(connection)
    if (place !== -1) idle.splice(place, 1)
  }
  const add = async () => {
    const connection = new Connection(port, onClosed)
    all.add(connection)
    return await connection.opened()
  }
  idle.push(...(await Promise.all(Array.from({ length: connections }, add))))

  let isOver = false
  let finish = () => {}
  const allAnswered = new Promise((resolve) => {
    finish = () => {
      if (isOver && answered === offered) resolve(undefined)
    }
  })
  const start = performance.now()
  const end = start + milliseconds
  /** @param {Connection} connection */
  const send = (connection, due, item) => {
    const sent = performance.now()
    if (sent <= end) sentInTime += 1
    lateness.record(Math.max(1, Math.round((sent - due) * perMillisecond)))
    connection.send(postBytes(path, `${item}`), (status, body) => {
      const now = performance.now()
      const latency = Math.max(1, Math.round((now - due) * perMillisecond))
      answered += 1
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 0) lost += 1
      else if (status === 200) {
        served.record(latency)
        if (now <= end) servedInTime += 1
        if (body !== `${item}`) wrong += 1
      } else refused.record(latency)
      finish()
      if (!connection.isOpen) return
      if (backlogHead < backlog.length) {
        const next = backlog[backlogHead++]
        send(connection, next.due, next.item)
      } else idle.push(connection)
    })
  }
  const offer = (due) => {
    const item = offered++
    const connection = idle.pop()
    if (connection !== undefined) {
      send(connection, due, item)
      return
    }
    if (all.size < mostConnections) {
      void add().then((fresh) => send(fresh, due, item))
      return
    }
    if (backlogHead > 10_000) {
      backlog = backlog.slice(backlogHead)
      backlogHead = 0
    }
    backlog.push({ due, item })
  }

  let due = start
  for (;;) {
    const now = Math.min(performance.now(), end)
    while (due <= now) {
      offer(due)
      due += (-Math.log(1 - Math.random()) * 1000) / rate
    }
    if (now >= end) break
    // Not `setImmediate`: it would take a whole processor from what is measured.
    await sleep(1)
  }
  isOver = true
  finish()
  await Promise.race([allAnswered, sleep(longestWait, undefined, { ref: false })])
  const drained = performance.now() - end
  for (const connection of all) connection.close()
  return {
    offered,
    sentInTime,
    served: served.count,
    servedInTime,
    refused: refused.count,
    lost: lost + (offered - answered),
    wrong,
    statuses: Object.fromEntries(statuses),
    connections: all.size,
    drained,
    latency: quantilesOf(served),
    refusalLatency: quantilesOf(refused),
    lateness: quantilesOf(lateness),
  }
}

/** @param {import('node:perf_hooks').RecordableHistogram} histogram */
function quantilesOf(histogram) {
  if (histogram.count === 0) return undefined
  const at = (share) => histogram.percentile(share) / perMillisecond
  return { p50: at(50), p95: at(95), p99: at(99), max: histogram.max / perMillisecond }
}
