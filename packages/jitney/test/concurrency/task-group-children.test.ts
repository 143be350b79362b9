import { deferred, ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { RateLimiter, Semaphore, type Task, taskGroup, type TaskGroup } from '../../src/index.ts'
import { range } from '../support/departures.ts'
import { namesInMemory } from '../support/memory.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { rejected } from '../support/outcomes.ts'
import { eventsDuring } from '../support/process-events.ts'
import { collect } from '../support/source.ts'
import { orAborted, untilAborted } from './until-aborted.ts'

const boom = new Error('boom')

/** What a loop over the group gets, by name. */
async function namesOf(group: TaskGroup): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of group) names.push(name)
  return names
}

describe('TaskGroup.spawn()', () => {
  it('is refused after the end, and the function is not called', async () => {
    const group = await taskGroup((given) => given)
    let called = false
    const spawn = (): void => {
      group.spawn(() => {
        called = true
      })
    }
    expect(spawn).toThrow(expect.objectContaining({ code: 'JITNEY_GROUP_ENDED' }))
    expect(spawn).toThrow('Cannot run task group: it has ended')
    expect(() => group.background(() => {})).toThrow('has ended')
    expect(await reasonOf(group.start(() => {}))).toMatchObject({ code: 'JITNEY_GROUP_ENDED' })
    expect(called).toBe(false)
  })

  it('throws the reason once the group was aborted, and the function is not called', async () => {
    await taskGroup(async (group) => {
      group.abort('enough')
      expect(() => group.spawn(() => expect.unreachable())).toThrow('enough')
      expect(() => group.background(() => expect.unreachable())).toThrow('enough')
      expect(await reasonOf(group.start(() => expect.unreachable()))).toBe('enough')
    })
  })

  it.each([
    [[1], "Cannot run task group: 'fn' must be a function, received 1"],
    [[() => {}, null], "'options' must be an object"],
    [[() => {}, { signal: 1 }], 'received "signal"'],
    [[() => {}, { name: 1 }], "'name' must be a string, received 1"],
  ])('refuses %j', async (parameters, message) => {
    await taskGroup(async (group) => {
      const given = parameters as [never, never]
      expect(() => group.spawn(...given)).toThrow(TypeError)
      expect(() => group.spawn(...given)).toThrow(message)
      expect(() => group.background(...given)).toThrow(message)
      expect(((await reasonOf(group.start(...given))) as Error).message).toContain(message)
    })
  })

  it('names a task as told, else by its function, else by a number', async () => {
    await taskGroup((group) => {
      expect(group.spawn(() => {}, { name: 'mine' }).name).toBe('mine')
      expect(group.spawn(function fetchAll() {}).name).toBe('fetchAll')
      expect(group.spawn(() => {}).name).toBe('task 3')
      expect(group.spawn(() => {}, { name: undefined }).name).toBe('task 4')
    })
  })
})

describe('taskGroup({ concurrency })', () => {
  it('bounds how many children run, neither the body nor background ones among them', async () => {
    const clock = new ManualClock()
    let running = 0
    let most = 0
    const work = taskGroup(
      async (group) => {
        group.background(({ signal }) => untilAborted(signal))
        for (const index of range(30)) {
          group.spawn(async () => {
            running += 1
            most = Math.max(most, running)
            await clock.sleep(1 + (index % 7))
            running -= 1
          })
        }
        expect(group.stats()).toMatchObject({ running: 4, queued: 27 })
        return (await namesOf(group)).length
      },
      { concurrency: 3 },
    )
    await clock.advance(1000)
    expect([await work, most]).toEqual([30, 3])
  })

  it('starts those that wait in the order in which they were spawned', async () => {
    const order: number[] = []
    await taskGroup(
      (group) => {
        for (const index of range(10)) group.spawn(() => order.push(index))
      },
      { concurrency: 1 },
    )
    expect(order).toEqual(range(10))
  })

  it('never starts a child that was queued when the group was aborted', async () => {
    for (const how of ['abort', 'fail', 'outside'] as const) {
      const controller = new AbortController()
      const started: string[] = []
      let queued: Task<unknown> | undefined
      const first = deferred()
      const call = observe(
        taskGroup(
          async (group) => {
            group.spawn(() => first.promise)
            queued = group.spawn(() => started.push('queued'))
            if (how === 'abort') group.abort('enough')
            if (how === 'fail') throw boom
            if (how === 'outside') controller.abort('enough')
          },
          { concurrency: 1, signal: controller.signal },
        ),
      )
      await settle()
      expect([call.status, queued?.state]).toEqual(['pending', 'aborted'])
      first.resolve()
      await settle()
      expect(started).toEqual([])
      expect(call.status).toBe(how === 'abort' ? 'fulfilled' : 'rejected')
    }
  })

  it('gives the place of a child that failed to none of the group', async () => {
    const error = await reasonOf(
      taskGroup(
        (group) => {
          group.spawn(() => rejected(boom))
          group.spawn(() => expect.unreachable())
        },
        { concurrency: 1 },
      ),
    )
    expect(error).toMatchObject({ errors: [boom] })
  })

  it('never starts a child that got its place and was aborted in the same turn', async () => {
    const slots = new Semaphore(1)
    const held = await slots.acquire()
    await taskGroup(
      (group) => {
        const task = group.spawn(() => expect.unreachable())
        held.release()
        group.abort()
        expect(task.state).toBe('queued')
      },
      { concurrency: slots },
    )
    expect(slots.active).toBe(0)
  })

  it.each(range(6))(
    'never starts a child that was aborted %d jobs after it got its place',
    async (jobs) => {
      const slots = new Semaphore(1)
      const held = await slots.acquire()
      let started = false
      await taskGroup(
        async (group) => {
          const task = group.spawn(() => {
            started = true
          })
          held.release()
          for (const _ of range(jobs)) await null
          const { state } = task
          task.abort()
          await settle()
          expect(started).toBe(state !== 'queued')
        },
        { concurrency: slots },
      )
      expect(slots.active).toBe(0)
    },
  )

  it('shares a semaphore with other groups and gives all places back', async () => {
    const clock = new ManualClock()
    const slots = new Semaphore(4)
    let running = 0
    let most = 0
    const groups = range(3).map((index) =>
      taskGroup(
        (group) => {
          for (const step of range(20)) {
            group.spawn(async ({ signal }) => {
              running += 1
              most = Math.max(most, running)
              await clock.sleep(1 + (step % 3))
              running -= 1
              if (index === 0 && step === 10) throw boom
              if (signal.aborted) throw signal.reason as Error
            })
          }
        },
        { concurrency: slots },
      ),
    )
    const settled = Promise.allSettled(groups)
    await clock.advance(100)
    expect((await settled).map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect([most, slots.active, slots.queued]).toEqual([4, 0, 0])
  })

  it('fails if the semaphore does', async () => {
    const slots = { tryAcquire: () => undefined, acquire: () => rejected(boom) }
    const error = await reasonOf(
      taskGroup((group) => void group.spawn(() => expect.unreachable()), { concurrency: slots }),
    )
    expect(error).toMatchObject({ errors: [boom] })
  })

  it('lets groups share a rate limiter', async () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ limit: 2, interval: 1000, clock })
    const times: number[] = []
    const groups = range(2).map(() =>
      taskGroup((group) => {
        for (const _ of range(2)) {
          group.spawn(async ({ signal }) => {
            await limiter.take({ signal })
            times.push(clock.now())
          })
        }
      }),
    )
    await clock.advance(1000)
    await Promise.all(groups)
    expect(times).toEqual([0, 0, 1000, 1000])
  })
})

describe('TaskGroup.start()', () => {
  it('resolves with what the child reports, and leaves it running', async () => {
    const served = deferred()
    const call = observe(
      taskGroup(async (group) => {
        const port = await group.start<number>(async function server({ signal, started }) {
          await settle()
          started(8080)
          started(9090)
          await orAborted(served, signal)
        })
        expect(group.stats().names).toEqual(['server'])
        return port
      }),
    )
    await settle()
    expect(call.status).toBe('pending')
    served.resolve()
    await settle()
    expect(call.value).toBe(8080)
  })

  it('alone rejects if the child fails before it reports', async () => {
    const value = await taskGroup(async (group) => {
      const reason = await reasonOf(group.start(() => rejected(boom), { name: 'server' }))
      expect(reason).toBe(boom)
      expect(group.signal.aborted).toBe(false)
      const [task] = await collect(group)
      expect([task?.name, task?.state, task?.error()]).toEqual(['server', 'rejected', boom])
      return 'fine'
    })
    expect(value).toBe('fine')
  })

  it('fails the group if the child fails after it reported', async () => {
    const error = await reasonOf(
      taskGroup(async (group) => {
        await group.start(async ({ started }) => {
          started()
          await settle()
          throw boom
        })
      }),
    )
    expect(error).toMatchObject({ errors: [boom] })
  })

  it('rejects if the child ends without a report', async () => {
    await taskGroup(async (group) => {
      const reason = await reasonOf(group.start(() => 'not a report'))
      expect(reason).toMatchObject({
        code: 'JITNEY_TASK_NOT_STARTED',
        message: 'Cannot start task: it has ended',
      })
    })
  })

  it('rejects with the reason if the group is aborted before, handled or not', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      await taskGroup((group) => {
        void group.start(({ signal }) => untilAborted(signal))
        void group.start(({ signal }) => untilAborted(signal).catch(() => 'no report'))
        const reason = reasonOf(group.start(({ signal }) => untilAborted(signal).catch(() => {})))
        group.abort('enough')
        void group.start(() => expect.unreachable())
        return expect(reason).resolves.toBe('enough')
      })
    })
    expect(unhandled).toEqual([])
  })

  it('reports a failure that nobody handles, since the group does not', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      await taskGroup((group) => {
        void group.start(() => rejected(boom))
      })
    })
    expect(unhandled).toEqual([boom])
  })

  it('takes a place in concurrency', async () => {
    const first = deferred()
    const call = taskGroup(
      async (group) => {
        group.spawn(() => first.promise)
        const starting = observe(group.start<string>(({ started }) => started('late')))
        await settle()
        expect(starting.status).toBe('pending')
        first.resolve()
        await settle()
        return starting.value
      },
      { concurrency: 1 },
    )
    expect(await call).toBe('late')
  })
})

describe('TaskGroup.background()', () => {
  it('is aborted when the rest is done, and awaited', async () => {
    const cleanUp = deferred()
    const child = deferred()
    let reason: unknown
    let task: Task<string> | undefined
    const call = observe(
      taskGroup((group) => {
        task = group.background(async ({ signal }) => {
          await untilAborted(signal).catch((given: unknown) => {
            reason = given
          })
          expect(() => group.spawn(() => expect.unreachable())).toThrow('aborted')
          await cleanUp.promise
          return 'ended'
        })
        group.spawn(() => child.promise)
      }),
    )
    await settle()
    expect([reason, call.status]).toEqual([undefined, 'pending'])
    child.resolve()
    await settle()
    expect(reason).toMatchObject({ name: 'AbortError' })
    expect(call.status).toBe('pending')
    cleanUp.resolve()
    await settle()
    expect([call.status, task?.result()]).toEqual(['fulfilled', 'ended'])
  })

  it('is not iterated, and does not keep a loop going', async () => {
    const names = await taskGroup((group) => {
      group.background(() => {}, { name: 'ended' })
      group.background(({ signal }) => untilAborted(signal), { name: 'running' })
      group.spawn(() => {}, { name: 'child' })
      return namesOf(group)
    })
    expect(names).toEqual(['child'])
  })

  it('may end before the rest, and may spawn children that are waited for', async () => {
    const order: string[] = []
    await taskGroup((group) => {
      group.background(() => {
        group.spawn(async () => {
          await settle()
          order.push('child')
        })
      })
    })
    expect(order).toEqual(['child'])
  })

  it('does not abort the group if none of it runs at the end', async () => {
    const signal = await taskGroup((group) => {
      group.background(() => {})
      return group.signal
    })
    expect(signal.aborted).toBe(false)
  })
})

describe('TaskGroup, iterated', () => {
  it('gives tasks as they end, those that ended before and those spawned meanwhile too, each once', async () => {
    const clock = new ManualClock()
    const call = taskGroup(async (group) => {
      group.spawn(() => {}, { name: 'before' })
      await settle()
      const add = (name: string, duration: number): void => {
        group.spawn(() => clock.sleep(duration), { name })
      }
      add('slow', 30)
      add('quick', 10)
      const names: string[] = []
      for await (const { name } of group) {
        names.push(name)
        if (name === 'quick') add('meanwhile', 5)
        // The last one spawns another when nothing else is left.
        if (name === 'slow') add('at last', 5)
      }
      return [names, await namesOf(group)]
    })
    await clock.advance(100)
    const all = ['before', 'quick', 'meanwhile', 'slow', 'at last']
    expect(await call).toEqual([all, all])
  })

  it('gives failed ones without throwing', async () => {
    const seen: unknown[] = []
    await reasonOf(
      taskGroup(async (group) => {
        group.spawn(() => rejected(boom))
        group.spawn(({ signal }) => untilAborted(signal))
        for await (const task of group) seen.push(task.state)
      }),
    )
    expect(seen).toEqual(['rejected', 'aborted'])
  })

  it('ends at once for a group without children, and may be left and begun again', async () => {
    await taskGroup(async (group) => {
      expect(await namesOf(group)).toEqual([])
      for (const name of ['a', 'b', 'c']) group.spawn(() => {}, { name })
      for await (const { name } of group) if (name === 'b') break
      expect(await namesOf(group)).toEqual(['a', 'b', 'c'])
    })
  })

  it('gives each of several calls of next() a task of its own', async () => {
    await taskGroup(async (group) => {
      for (const name of ['a', 'b']) group.spawn(() => {}, { name })
      const iterator = group[Symbol.asyncIterator]()
      const steps = await Promise.all(range(3).map(() => iterator.next()))
      expect(steps.map(({ value }) => value?.name)).toEqual(['a', 'b', undefined])
    })
  })

  it('gives with retain: false only what ends while somebody iterates', async () => {
    await taskGroup(
      async (group) => {
        group.spawn(() => {}, { name: 'before' })
        await settle()
        group.spawn(() => {}, { name: 'meanwhile' })
        const [one, other] = await Promise.all([namesOf(group), namesOf(group)])
        expect([one, other]).toEqual([['meanwhile'], ['meanwhile']])
        expect(await namesOf(group)).toEqual([])
      },
      { retain: false },
    )
  })

  it.each([false, true])('keeps ended tasks only if it shall, retain: %j', async (retain) => {
    const references: Record<string, WeakRef<object>> = {}
    await taskGroup(
      async (group) => {
        for (const name of ['a', 'b', 'c']) {
          references[name] = new WeakRef(group.spawn(() => settle(), { name }))
        }
        expect(await namesOf(group)).toEqual(['a', 'b', 'c'])
        expect(await namesInMemory(references)).toEqual(retain ? ['a', 'b', 'c'] : [])
        expect(group.stats()).toEqual({ queued: 0, running: 0, ended: 3, names: [] })
      },
      { retain },
    )
  })
})

describe('Task', () => {
  it('tells its state, result and error', async () => {
    const slots = new Semaphore(2)
    await reasonOf(
      taskGroup(
        async (group) => {
          const good = group.spawn(async () => 'value')
          const bad = group.spawn(async () => {
            await settle()
            throw boom
          })
          const queued = group.spawn(() => 'later')
          expect([good.state, bad.state, queued.state]).toEqual(['running', 'running', 'queued'])
          for (const task of [good, queued]) {
            const code = expect.objectContaining({ code: 'JITNEY_TASK_NOT_ENDED' })
            expect(() => task.result()).toThrow(code)
            expect(() => task.error()).toThrow(code)
          }
          expect(() => queued.result()).toThrow('Cannot read task: it is queued')
          await good.promise
          expect([good.state, good.result(), good.error()]).toEqual([
            'fulfilled',
            'value',
            undefined,
          ])
          await reasonOf(bad.promise)
          expect([bad.state, bad.error()]).toEqual(['rejected', boom])
          expect(() => bad.result()).toThrow(boom)
        },
        { concurrency: slots },
      ),
    )
  })

  it('is not thenable', async () => {
    await taskGroup(async (group) => {
      const task = group.spawn(() => 1)
      expect('then' in task).toBe(false)
      expect(await task).toBe(task)
    })
  })

  it('can be aborted alone, which is no failure of the group', async () => {
    const value = await taskGroup(async (group) => {
      const task = group.spawn(({ signal }) => untilAborted(signal))
      const library = group.spawn(({ signal }) =>
        untilAborted(signal).catch(() => rejected(new DOMException('of a library', 'AbortError'))),
      )
      task.abort('enough')
      library.abort()
      expect(await reasonOf(task.promise)).toBe('enough')
      await reasonOf(library.promise)
      expect([task.state, task.error(), library.state]).toEqual(['aborted', 'enough', 'aborted'])
      expect(() => task.result()).toThrow('enough')
      expect(group.signal.aborted).toBe(false)
      return 'fine'
    })
    expect(value).toBe('fine')
  })

  it('is never started if it was aborted while it waited for a place', async () => {
    const first = deferred()
    await taskGroup(
      async (group) => {
        group.spawn(() => first.promise)
        const task = group.spawn(() => expect.unreachable())
        task.abort('enough')
        await settle()
        expect([task.state, task.error(), group.stats().queued]).toEqual(['aborted', 'enough', 0])
        first.resolve()
      },
      { concurrency: 1 },
    )
  })

  it('takes no place and leaves nobody in line, if it was aborted while it waited', async () => {
    const slots = new Semaphore(1)
    const held = await slots.acquire()
    const alone = taskGroup((group) => group.spawn(() => expect.unreachable()).abort(), {
      concurrency: slots,
    })
    await alone
    expect([slots.active, slots.queued]).toEqual([1, 0])
    const ended = deferred()
    const others = taskGroup(
      async (group) => {
        const gone = group.spawn(() => expect.unreachable())
        group.spawn(() => ended.promise)
        gone.abort()
        held.release()
        await settle()
        expect([slots.active, slots.queued, gone.state]).toEqual([1, 0, 'aborted'])
        ended.resolve()
      },
      { concurrency: slots },
    )
    await others
    expect([slots.active, slots.queued]).toEqual([0, 0])
  })

  it('stands as it ended: an abort afterwards changes nothing of it', async () => {
    await taskGroup(async (group) => {
      const task = group.spawn(() => 'value')
      await task.promise
      task.abort()
      group.abort()
      expect([task.state, task.result()]).toEqual(['fulfilled', 'value'])
    })
  })

  it('is fulfilled if it returns though it was aborted, and rejected if it fails otherwise', async () => {
    const error = await reasonOf(
      taskGroup(async (group) => {
        const deaf = group.spawn(({ signal }) => untilAborted(signal).catch(() => 'value'))
        const bad = group.spawn(({ signal }) => untilAborted(signal).catch(() => rejected(boom)))
        deaf.abort()
        bad.abort()
        await reasonOf(bad.promise)
        expect([deaf.state, bad.state]).toEqual(['fulfilled', 'rejected'])
      }),
    )
    expect(error).toMatchObject({ errors: [boom] })
  })

  it('leaves no rejection unhandled', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      await reasonOf(
        taskGroup((group) => {
          group.spawn(() => rejected(boom))
          group.background(({ signal }) => untilAborted(signal))
          for (const _ of range(3)) group.spawn(({ signal }) => untilAborted(signal))
        }),
      )
    })
    expect(unhandled).toEqual([])
  })
})

describe('TaskGroup.stats()', () => {
  it('counts, and names the children that still run, those that do not hear an abort too', async () => {
    const deaf = deferred()
    await taskGroup(
      async (group) => {
        group.background(() => deaf.promise, { name: 'in the background' })
        group.spawn(() => deaf.promise, { name: 'deaf' })
        group.spawn(({ signal }) => untilAborted(signal), { name: 'hears' })
        group.spawn(() => {}, { name: 'queued' })
        expect(group.stats()).toEqual({
          queued: 1,
          running: 3,
          ended: 0,
          names: ['in the background', 'deaf', 'hears'],
        })
        group.abort()
        await settle()
        const stats = group.stats()
        expect(stats).toEqual({
          queued: 0,
          running: 2,
          ended: 2,
          names: ['in the background', 'deaf'],
        })
        expect(Object.isFrozen(stats)).toBe(true)
        deaf.resolve()
      },
      { concurrency: 2 },
    )
  })
})

// A cost that grew with the group would take these past the time that a test has.
describe('taskGroup() with 20,000 children', { timeout: 20_000 }, () => {
  const many = 20_000

  it('runs them through one place, and gives them in order', async () => {
    const names = await taskGroup(
      (group) => {
        for (const index of range(many)) group.spawn(() => {}, { name: String(index) })
        return namesOf(group)
      },
      { concurrency: 1 },
    )
    expect(names).toEqual(range(many).map(String))
  })

  it('stops them at once, running or queued, and they may all fail at once', async () => {
    for (const concurrency of [1, Infinity]) {
      const stopped = await taskGroup(
        async (group) => {
          for (const _ of range(many)) group.spawn(({ signal }) => untilAborted(signal))
          group.abort()
          return group
        },
        { concurrency },
      )
      expect(stopped.stats()).toMatchObject({ running: 0, queued: 0, ended: many })
    }
    const error = await reasonOf(
      taskGroup((group) => {
        for (const index of range(many)) group.spawn(() => rejected(index))
      }),
    )
    expect((error as AggregateError).errors).toHaveLength(many)
  })
})
