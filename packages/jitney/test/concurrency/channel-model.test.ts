import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'

import fc from 'fast-check'
import { settle } from 'jitney/testing'
import { describe, it } from 'vitest'

import { Channel } from '../../src/concurrency/channel.ts'
import { runs } from '../model/runs.ts'
import { range } from '../support/departures.ts'
import { eventsDuring } from '../support/process-events.ts'

const signals = 4

type Command =
  | { readonly do: 'send' | 'receive' | 'abort'; readonly signal: number | undefined }
  | { readonly do: 'trySend' | 'tryReceive' | 'close' | 'settle' | 'next' | 'leave' }

const anySignal = fc.option(fc.nat({ max: signals - 1 }), { nil: undefined })
const plain = (
  weight: number,
  name: 'trySend' | 'tryReceive' | 'close' | 'settle' | 'next' | 'leave',
) => ({
  weight,
  arbitrary: fc.constant<Command>({ do: name }),
})
const withSignal = (weight: number, name: 'send' | 'receive' | 'abort') => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), signal: anySignal }),
})

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  withSignal(8, 'send'),
  withSignal(7, 'receive'),
  withSignal(2, 'abort'),
  plain(4, 'trySend'),
  plain(4, 'tryReceive'),
  plain(4, 'next'),
  plain(1, 'leave'),
  plain(1, 'close'),
  plain(5, 'settle'),
)

interface Party {
  readonly id: number
  readonly signal: number | undefined
}

/** What becomes of the call with this number. */
type Fate = `got ${number}` | 'sent' | 'closed' | 'aborted' | 'ended'

/** What should happen, said with plain lists. */
class Model {
  readonly fates = new Map<number, Fate>()
  readonly aborted = new Set<number>()
  readonly capacity: number
  buffer: number[] = []
  senders: Party[] = []
  /** Calls of `next()` have the signal -1, which aborts when their loop is left. */
  receivers: Party[] = []
  isClosed = false

  constructor(capacity: number) {
    this.capacity = capacity
  }

  send(party: Party): void {
    if (this.#isAborted(party)) this.fates.set(party.id, 'aborted')
    else if (this.isClosed) this.fates.set(party.id, 'closed')
    else this.senders.push(party)
    this.#move()
  }

  receive(party: Party): void {
    if (this.#isAborted(party)) this.#end(party, 'aborted')
    else this.receivers.push(party)
    this.#move()
  }

  trySend(id: number): boolean {
    if (this.senders.length > 0) return false
    this.senders.push({ id, signal: undefined })
    this.#move()
    const sent = this.senders.length === 0
    this.senders = []
    return sent
  }

  tryReceive(id: number): number | undefined {
    this.receivers.push({ id, signal: undefined })
    this.#move()
    this.receivers = this.receivers.filter((party) => party.id !== id)
    const fate = this.fates.get(id)
    return fate?.startsWith('got ') === true ? Number(fate.slice(4)) : undefined
  }

  abort(signal: number): void {
    this.aborted.add(signal)
    for (const party of this.senders) if (party.signal === signal) this.#end(party, 'aborted')
    for (const party of this.receivers) if (party.signal === signal) this.#end(party, 'aborted')
    this.senders = this.senders.filter((party) => party.signal !== signal)
    this.receivers = this.receivers.filter((party) => party.signal !== signal)
  }

  close(): void {
    this.isClosed = true
    for (const { id } of this.senders) this.fates.set(id, 'closed')
    this.senders = []
    this.#move()
  }

  #isAborted({ signal }: Party): boolean {
    return signal !== undefined && this.aborted.has(signal)
  }

  #end({ id, signal }: Party, fate: 'aborted' | 'closed'): void {
    this.fates.set(id, signal === -1 ? 'ended' : fate)
  }

  #move(): void {
    for (;;) {
      const [sender] = this.senders
      const [receiver] = this.receivers
      if (receiver !== undefined && this.buffer.length > 0) {
        this.fates.set(receiver.id, `got ${this.buffer.shift() as number}`)
        this.receivers.shift()
      } else if (
        sender !== undefined &&
        (this.buffer.length < this.capacity || receiver !== undefined)
      ) {
        this.buffer.push(sender.id)
        this.fates.set(sender.id, 'sent')
        this.senders.shift()
      } else break
    }
    if (!this.isClosed || this.buffer.length > 0) return
    for (const party of this.receivers) this.#end(party, 'closed')
    this.receivers = []
  }
}

async function compare(capacity: number, commands: readonly Command[]): Promise<void> {
  const model = new Model(capacity)
  const channel = new Channel<number>(capacity)
  const controllers = range(signals).map(() => new AbortController())
  const iterator = channel[Symbol.asyncIterator]()
  const fates = new Map<number, Fate>()
  const rejected =
    (id: number) =>
    (reason: unknown): void => {
      fates.set(id, reason === 'gone' ? 'aborted' : 'closed')
    }

  for (const [id, command] of commands.entries()) {
    switch (command.do) {
      case 'send': {
        const signal = controllers[command.signal ?? -1]?.signal
        channel.send(id, { signal }).then(() => fates.set(id, 'sent'), rejected(id))
        model.send({ id, signal: command.signal })
        break
      }
      case 'receive': {
        const signal = controllers[command.signal ?? -1]?.signal
        channel.receive({ signal }).then((value) => fates.set(id, `got ${value}`), rejected(id))
        model.receive({ id, signal: command.signal })
        break
      }
      case 'next':
        void iterator.next().then(({ done, value }) => {
          fates.set(id, done === true ? 'ended' : `got ${value}`)
        })
        model.receive({ id, signal: -1 })
        break
      case 'trySend':
        if (model.isClosed) assert.throws(() => channel.trySend(id), /Channel: it is closed/)
        else assert.equal(channel.trySend(id), model.trySend(id), 'trySend()')
        model.fates.delete(id)
        break
      case 'tryReceive':
        assert.equal(channel.tryReceive()?.value, model.tryReceive(id), 'tryReceive()')
        model.fates.delete(id)
        break
      case 'abort':
        controllers[command.signal ?? -1]?.abort('gone')
        if (command.signal !== undefined) model.abort(command.signal)
        break
      case 'leave':
        void iterator.return?.()
        model.abort(-1)
        break
      case 'close':
        channel.close()
        model.close()
        break
      case 'settle':
        await settle()
        assert.deepEqual(fates, model.fates)
        break
    }
  }
  // What is left waits, or lies there, and nothing else.
  await settle()
  assert.deepEqual(fates, model.fates)
  const waiting = new Set([...model.senders, ...model.receivers].map(({ signal }) => signal))
  for (const [index, { signal }] of controllers.entries()) {
    assert.equal(getEventListeners(signal, 'abort').length, waiting.has(index) ? 1 : 0, 'listeners')
  }
  const left = [...model.buffer, ...model.senders.map(({ id }) => id)]
  assert.deepEqual(
    left.map(() => channel.tryReceive()?.value),
    left,
  )
  channel.close()
  model.close()
  await settle()
  for (const { signal } of controllers) assert.equal(getEventListeners(signal, 'abort').length, 0)
}

describe('Channel, whatever happens in whatever order', () => {
  it('does what the model says: nothing lost, nothing doubled, no listener, nothing unhandled', async () => {
    const unhandled = await eventsDuring('unhandledRejection', () =>
      fc.assert(
        fc.asyncProperty(
          fc.nat({ max: 3 }),
          fc.array(anyCommand, { maxLength: 60, size: 'max' }),
          compare,
        ),
        runs(500),
      ),
    )
    assert.deepEqual(unhandled, [])
  }, 600_000)
})
