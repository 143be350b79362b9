import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'

import fc from 'fast-check'
import { settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { type Permit, Semaphore } from '../../src/concurrency/semaphore.ts'
import { runs } from '../model/runs.ts'
import { range } from '../support/departures.ts'
import { shuffled } from './shuffled.ts'

type Command =
  | { readonly do: 'acquire'; readonly weight: number; readonly signal: number | undefined }
  | { readonly do: 'try'; readonly weight: number }
  | { readonly do: 'release' | 'abort'; readonly index: number }
  | { readonly do: 'resize'; readonly capacity: number }
  | { readonly do: 'wait' }

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('acquire' as const),
      weight: fc.integer({ min: 1, max: 4 }),
      signal: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
    }),
  },
  fc.record({ do: fc.constant('try' as const), weight: fc.integer({ min: 1, max: 4 }) }),
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('release' as const), index: fc.nat({ max: 30 }) }),
  },
  fc.record({ do: fc.constant('abort' as const), index: fc.nat({ max: 9 }) }),
  fc.record({
    do: fc.constant('resize' as const),
    capacity: fc.oneof(fc.nat({ max: 6 }), fc.constant(Infinity)),
  }),
  { weight: 4, arbitrary: fc.constant({ do: 'wait' as const }) },
)

interface Caller {
  readonly weight: number
  readonly signal: number | undefined
  state: 'waiting' | 'holding' | 'released' | 'aborted' | 'refused'
}

/** What should happen, as plainly as it can be said. */
class Model {
  readonly callers: Caller[] = []
  readonly aborted = new Set<number>()
  capacity: number

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get waiting(): Caller[] {
    return this.callers.filter(({ state }) => state === 'waiting')
  }

  get active(): number {
    const held = this.callers.filter(({ state }) => state === 'holding')
    return held.reduce((sum, { weight }) => sum + weight, 0)
  }

  canEnter(weight: number): boolean {
    return this.waiting.length === 0 && this.active + weight <= this.capacity
  }

  acquire(weight: number, signal: number | undefined): void {
    const refused = this.capacity > 0 && weight > this.capacity
    const aborted = signal !== undefined && this.aborted.has(signal)
    const state = refused ? 'refused' : aborted ? 'aborted' : 'waiting'
    this.callers.push({ weight, signal, state })
    this.serve()
  }

  release(index: number): void {
    const caller = this.callers[index]
    if (caller?.state === 'holding') caller.state = 'released'
    this.serve()
  }

  abort(signal: number): void {
    this.aborted.add(signal)
    for (const caller of this.waiting) if (caller.signal === signal) caller.state = 'aborted'
    this.serve()
  }

  resize(capacity: number): void {
    this.capacity = capacity
    this.serve()
  }

  serve(): void {
    for (const caller of this.waiting) {
      if (this.active + caller.weight > this.capacity) return
      caller.state = 'holding'
    }
  }
}

/** The real one, and what its callers saw. */
class System {
  readonly semaphore: Semaphore
  readonly controllers = range(10).map(() => new AbortController())
  readonly permits: (Permit | undefined)[] = []
  readonly seen: Caller['state'][] = []

  constructor(capacity: number) {
    this.semaphore = new Semaphore(capacity)
  }

  acquire(weight: number, signal: number | undefined): void {
    const index = this.seen.push('waiting') - 1
    this.semaphore
      .acquire({ weight, signal: signal === undefined ? undefined : this.signal(signal) })
      .then(
        (permit) => {
          this.permits[index] = permit
          this.seen[index] = 'holding'
        },
        (reason: unknown) => {
          this.seen[index] = reason === 'gone' ? 'aborted' : 'refused'
        },
      )
  }

  release(index: number): void {
    this.permits[index]?.release()
    if (this.permits[index] !== undefined) this.seen[index] = 'released'
  }

  signal(index: number): AbortSignal | undefined {
    return this.controllers[index]?.signal
  }
}

function run(command: Command, model: Model, system: System): void {
  const { semaphore } = system
  switch (command.do) {
    case 'acquire':
      model.acquire(command.weight, command.signal)
      system.acquire(command.weight, command.signal)
      break
    case 'try': {
      const { weight } = command
      if (model.capacity > 0 && weight > model.capacity) {
        assert.throws(() => semaphore.tryAcquire({ weight }), RangeError)
        break
      }
      const enters = model.canEnter(weight)
      const permit = semaphore.tryAcquire({ weight })
      assert.equal(permit !== undefined, enters, 'tryAcquire()')
      if (permit === undefined) break
      model.acquire(weight, undefined)
      system.permits[system.seen.push('holding') - 1] = permit
      break
    }
    case 'release':
      // What was given but not seen yet by its owner cannot be released by it.
      if (system.permits[command.index] !== undefined) model.release(command.index)
      system.release(command.index)
      break
    case 'abort':
      model.abort(command.index)
      system.controllers[command.index]?.abort('gone')
      break
    case 'resize':
      model.resize(command.capacity)
      semaphore.capacity = command.capacity
      break
    case 'wait':
      break
  }
  assert.equal(semaphore.active, model.active, 'active')
  assert.equal(semaphore.queued, model.waiting.length, 'queued')
  assert.equal(semaphore.capacity, model.capacity, 'capacity')
}

async function settleBoth(model: Model, system: System): Promise<void> {
  await settle()
  assert.deepEqual(
    system.seen,
    model.callers.map(({ state }) => state),
  )
  const waited = new Set(model.waiting.map(({ signal }) => signal))
  assert.deepEqual(
    system.controllers.map(({ signal }) => getEventListeners(signal, 'abort').length),
    range(10).map((signal) => (waited.has(signal) ? 1 : 0)),
    'listeners',
  )
}

describe('Semaphore, whatever happens in whatever order', () => {
  it('does what the model says, and has all places free when all are done', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 6 }),
        fc.array(anyCommand, { maxLength: 60, size: 'max' }),
        async (capacity, commands) => {
          const model = new Model(capacity)
          const system = new System(capacity)
          for (const command of commands) {
            run(command, model, system)
            if (command.do === 'wait') await settleBoth(model, system)
          }
          run({ do: 'resize', capacity: 6 }, model, system)
          while (model.active > 0) {
            await settleBoth(model, system)
            for (const index of model.callers.keys()) {
              run({ do: 'release', index }, model, system)
            }
          }
          await settleBoth(model, system)
          assert.deepEqual([system.semaphore.active, system.semaphore.queued], [0, 0])
        },
      ),
      runs(500),
    )
  }, 600_000)

  it('has as many places free after 10,000 callers as before, though a third aborts', async () => {
    const semaphore = new Semaphore(7)
    const controllers = range(10_000).map(() => new AbortController())
    let most = 0
    const work = Promise.allSettled(
      controllers.map(async ({ signal }, index) => {
        const permit = await semaphore.acquire({ signal, weight: 1 + (index % 3) })
        most = Math.max(most, semaphore.active)
        for (let depth = 0; depth < index % 5; depth += 1) await null
        permit.release()
        if (index % 2 === 0) permit.release()
      }),
    )
    for (const controller of shuffled(controllers).slice(0, 3333)) {
      controller.abort()
      await null
    }
    await work
    expect(most).toBe(7)
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
    expect(semaphore.tryAcquire({ weight: 7 })).toBeDefined()
  })
})
