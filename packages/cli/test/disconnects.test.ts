import { once } from 'node:events'
import { manualBatches } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { defineBatch } from '../src/index.ts'
import type { Service } from '../src/server/service.ts'
import { RawClient } from './helpers/raw-client.ts'
import { startService } from './helpers/start-service.ts'
import { until } from './helpers/until.ts'

function held(options = {}) {
  const batches = manualBatches<number, number>()
  return { batches, exports: { run: defineBatch(batches.batchFunction, options) } }
}

/** Items that wait in the batcher or left it in a batch. */
function handedOver(service: Service): number {
  const { queued, items } = service.stats().routes['run']!
  return queued + items
}

async function crowd(port: number, size: number): Promise<RawClient[]> {
  return await Promise.all(Array.from({ length: size }, () => RawClient.open(port)))
}

describe('A client that disconnects', { timeout: 60_000 }, () => {
  it('while its item is queued: the batch function never sees it', async () => {
    const { batches, exports } = held()
    const { service, port } = await startService(exports)
    const [first, gone, last] = await crowd(port, 3)
    first!.post('/run', '1')
    await until(() => batches.calls.length === 1)
    expect(batches.items).toEqual([[1]])
    gone!.post('/run', '2')
    await until(() => service.stats().routes['run']!.queued === 1)
    gone!.socket.destroy()
    await until(() => service.stats().routes['run']!.aborted === 1)
    last!.post('/run', '3')
    await until(() => service.stats().routes['run']!.queued === 1)
    batches.calls[0]!.resolve([10])
    await until(() => batches.calls.length === 2)
    expect(batches.items).toEqual([[1], [3]])
    batches.calls[1]!.resolve([30])
    expect([(await first!.answer()).body, (await last!.answer()).body]).toEqual(['10', '30'])
  })

  it('while its batch runs: the others in it are answered', async () => {
    const { batches, exports } = held({ maxBatchSize: 3, maxQueueTime: Infinity })
    const { service, port } = await startService(exports)
    const clients = await crowd(port, 3)
    clients.forEach((client, index) => client.post('/run', `${index}`))
    await until(() => batches.calls.length === 1)
    const order = batches.items[0]!
    clients[1]!.socket.destroy()
    await until(() => service.stats().routes['run']!.aborted === 1)
    expect(batches.calls[0]!.context.signal.aborted).toBe(false)
    batches.calls[0]!.resolve(order.map((item) => item * 10))
    expect((await clients[0]!.answer()).body).toBe('0')
    expect((await clients[2]!.answer()).body).toBe('20')
  })

  it('as the last of its batch: the batch function is told', async () => {
    const { batches, exports } = held({ maxBatchSize: 2, maxQueueTime: Infinity })
    const { port } = await startService(exports)
    const clients = await crowd(port, 2)
    for (const client of clients) client.post('/run', '1')
    await until(() => batches.calls.length === 1)
    for (const client of clients) client.socket.destroy()
    const { signal } = batches.calls[0]!.context
    await until(() => signal.aborted)
    expect(signal.reason).toBeInstanceOf(Error)
  })

  it('takes all its pipelined items with it', async () => {
    const { batches, exports } = held()
    const { service, port } = await startService(exports)
    const client = await RawClient.open(port)
    for (let item = 0; item < 10; item++) client.post('/run', `${item}`)
    await until(() => handedOver(service) === 10)
    client.socket.destroy()
    await until(() => service.stats().routes['run']!.aborted === 10)
    for (const call of batches.calls) expect(call.context.signal.aborted).toBe(true)
  })

  it('in the middle of its body leaves nothing behind', async () => {
    const { batches, exports } = held()
    const { service, port } = await startService(exports)
    const client = await RawClient.open(port)
    client.send('POST /run HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n12')
    client.socket.end()
    await client.closed
    expect(await service.stop()).toBe(true)
    expect(batches.calls).toEqual([])
  })

  it('in a crowd of 1000 does not poison the next 1000', async () => {
    let hold = true
    const { service, port, failures } = await startService({
      run: defineBatch(
        async (items: number[], { signal }) => {
          if (hold) await once(signal, 'abort')
          return items.map((item) => item * 2)
        },
        { maxBatchSize: 300 },
      ),
    })
    const gone = await crowd(port, 1000)
    gone.forEach((client, item) => client.post('/run', `${item}`))
    await until(() => handedOver(service) === 1000)
    hold = false
    for (const client of gone) client.socket.destroy()
    const clients = await crowd(port, 1000)
    clients.forEach((client, item) => client.post('/run', `${item}`))
    const answers = await Promise.all(clients.map((client) => client.answer()))
    expect(answers.map(({ body }) => body)).toEqual(clients.map((_, item) => `${item * 2}`))
    expect(service.stats().routes['run']).toMatchObject({ queued: 0, active: 0, aborted: 1000 })
    expect(failures).toEqual([])
  })
})
