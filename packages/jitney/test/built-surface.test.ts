/** The build gives internal properties short names: nothing that a user can see may change by that. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import { describe, expect, it } from 'vitest'

import * as sources from '../src/index.ts'
import { ManualClock } from '../src/testing/index.ts'

type Core = typeof sources

const built = (await import(new URL('../dist/index.js', import.meta.url).href)) as Core

/** The names that an object has, of its own and by its classes. */
function namesOf(value: unknown): string[] {
  const names = new Set<string | symbol>()
  for (let at = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as unknown) {
    if (at === Function.prototype || at === Error.prototype) break
    for (const name of Reflect.ownKeys(at)) names.add(name)
  }
  return [...names].map(String).toSorted()
}

function exportsOf(core: Core): unknown {
  // Modules have their names in this order, whatever the test runner makes of them.
  const exported = Object.entries(core).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return exported.map(([name, value]) => [
    name,
    namesOf(value),
    namesOf((value as { prototype?: unknown }).prototype),
  ])
}

async function batchOf({ Batcher, outcome }: Core): Promise<unknown> {
  const seen: unknown[] = []
  function note(message: unknown): void {
    seen.push(namesOf(message))
  }
  subscribe('tracing:jitney:batch:start', note)
  subscribe('tracing:jitney:batch:asyncEnd', note)
  const batcher = new Batcher(
    (words: string[], context) => {
      seen.push(namesOf(context), context.entries.map(namesOf))
      return words.map((word) => (word === 'no' ? outcome.error('none') : word.length))
    },
    { name: 'words', maxBatchSize: 3 },
  )
  seen.push(await batcher.processAllSettled(['a', 'no', 'abc'], { priority: 1 }))
  seen.push(namesOf(batcher), namesOf(batcher.stats()), JSON.stringify(batcher))
  seen.push([outcome.value(1), outcome.error(1), outcome.retry({ after: 1 })].map(namesOf))
  unsubscribe('tracing:jitney:batch:start', note)
  unsubscribe('tracing:jitney:batch:asyncEnd', note)
  return seen
}

function fail(): never {
  throw new Error('down')
}

/** Rejects when the signal aborts. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
}

async function errorsOf({ Batcher, map, withTimeout, taskGroup }: Core): Promise<unknown> {
  const clock = new ManualClock()
  const errors: unknown[] = []
  async function note(work: () => unknown): Promise<void> {
    const error = await (async () => work())().catch((reason: unknown) => reason)
    errors.push([
      (error as Error).name,
      (error as Error).message,
      namesOf(error),
      { ...(error as object) },
    ])
  }
  await note(() => new Batcher(() => [], { maxBatchSize: 0 }))
  await note(() => new Batcher(() => [], { unknown: 0 } as object))
  await note(() => new Batcher(fail).process(1))
  await note(() => new Batcher(() => [] as number[]).process(1))
  const slow = new Batcher((_items, { signal }) => rejection(signal), { timeout: 1, clock })
  await Promise.all([note(() => slow.process(1)), clock.advance(1)])
  const full = new Batcher(fail, { maxQueueSize: 1, overflow: 'reject', maxQueueTime: 1, clock })
  const left = full.process(1)
  await note(() => full.process(2))
  full.abort('over')
  await note(() => left)
  await note(() => full.process(3))
  await note(() => map([1], fail))
  await Promise.all([
    note(() => withTimeout(({ signal }) => rejection(signal), { timeout: 1, clock })),
    clock.advance(1),
  ])
  await note(() => taskGroup((group) => void group.spawn(fail)))
  return errors
}

async function partsOf(core: Core): Promise<unknown> {
  const { Channel, limit, mapIterable, RateLimiter, Semaphore, taskGroup, wait } = core
  const seen: unknown[] = []
  const semaphore = new Semaphore(1)
  seen.push(namesOf(semaphore), namesOf(await semaphore.acquire()), namesOf(limit(2)))
  seen.push(namesOf(new RateLimiter({ limit: 1, interval: 1000 })))
  const channel = new Channel<number>(1)
  seen.push(namesOf(channel), namesOf(channel[Symbol.asyncIterator]()))
  seen.push(namesOf(mapIterable([1], (one) => one)[Symbol.asyncIterator]()))
  await taskGroup(async (group) => {
    const task = group.spawn(
      (context) => {
        seen.push(namesOf(context))
      },
      { name: 'one' },
    )
    seen.push(namesOf(group), namesOf(group.stats()))
    seen.push(await wait([task.promise]).then(namesOf), { name: task.name, state: task.state })
  })
  return seen
}

describe.each([
  ['exports', exportsOf],
  ['batches', batchOf],
  ['errors', errorsOf],
  ['parts', partsOf],
])('the built core: %s', (_name, observe) => {
  it('shows the same as the sources', async () => {
    const expected = await observe(sources)
    expect(expected).not.toEqual([])
    expect(await observe(built)).toEqual(expected)
  })
})
