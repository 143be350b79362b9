import { getEventListeners } from 'node:events'

import { deferred, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import type { Task, TaskGroup } from '../../src/index.ts'
import { taskGroup } from '../../src/concurrency/task/task-group.ts'
import { range } from '../support/departures.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { rejected, revoked } from '../support/outcomes.ts'
import { orAborted, untilAborted } from './until-aborted.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length
const boom = new Error('boom')
const bang = new Error('bang')

/** The errors of the group's `AggregateError`. */
async function failuresOf(call: Promise<unknown>): Promise<readonly unknown[]> {
  const error = await reasonOf(call)
  expect(error).toBeInstanceOf(AggregateError)
  expect(error).toMatchObject({ code: 'JITNEY_GROUP_FAILED' })
  return (error as AggregateError).errors
}

describe('taskGroup()', () => {
  it('resolves to what the body returns, once every child has ended', async () => {
    const child = deferred()
    const call = observe(
      taskGroup((group) => {
        group.spawn(() => child.promise)
        return 'body'
      }),
    )
    await settle()
    expect(call.status).toBe('pending')
    child.resolve()
    await settle()
    expect(call).toEqual({ status: 'fulfilled', value: 'body' })
  })

  it('resolves without children, also for a body that is not async', async () => {
    expect(await taskGroup(() => 1)).toBe(1)
    expect(await taskGroup(async () => 2)).toBe(2)
  })

  it('waits for children that children spawn after the body has ended', async () => {
    const order: string[] = []
    await taskGroup((group) => {
      group.spawn(async () => {
        await settle()
        order.push('child')
        group.spawn(async () => {
          await settle()
          order.push('grandchild')
        })
      })
    })
    expect(order).toEqual(['child', 'grandchild'])
  })

  it('calls the body and children at once', async () => {
    const order: string[] = []
    const call = taskGroup((group) => {
      group.spawn(() => order.push('child'))
      order.push('body')
    })
    order.push('after')
    await call
    expect(order).toEqual(['child', 'body', 'after'])
  })

  it('gives functions that need no this', async () => {
    const values = await taskGroup(async ({ spawn, start, background, abort, stats }) => {
      background(({ signal }) => untilAborted(signal))
      const started = await start<number>(({ started: report }) => report(1))
      const spawned = await spawn(() => 2).promise
      const { ended } = stats()
      abort()
      return [started, spawned, ended]
    })
    expect(values).toEqual([1, 2, 2])
  })
})

describe('taskGroup(), when something fails', () => {
  it.each([
    ['a child', (group: TaskGroup) => void group.spawn(() => rejected(boom))],
    [
      'a child that is not async',
      (group: TaskGroup) =>
        void group.spawn(() => {
          throw boom
        }),
    ],
    ['a child of background', (group: TaskGroup) => void group.background(() => rejected(boom))],
    ['the body', () => rejected(boom)],
    [
      'a body that is not async',
      () => {
        throw boom
      },
    ],
  ])('rejects with one AggregateError, though only %s failed', async (_, body) => {
    expect(await failuresOf(taskGroup(body))).toEqual([boom])
  })

  it('aborts all others with a reason of its own, and rejects when all have ended', async () => {
    const cleanUp = deferred()
    const reasons: unknown[] = []
    const failing = deferred()
    const call = observe(
      taskGroup(async (group) => {
        group.spawn(() => failing.promise)
        group.spawn(async ({ signal }) => {
          await untilAborted(signal).catch((reason: unknown) => reasons.push(reason))
          await cleanUp.promise
        })
        group.background(({ signal }) =>
          untilAborted(signal).catch((reason: unknown) => reasons.push(reason)),
        )
        await untilAborted(group.signal).catch((reason: unknown) => reasons.push(reason))
      }),
    )
    failing.reject(boom)
    await settle()
    expect(call.status).toBe('pending')
    expect(new Set(reasons).size).toBe(1)
    expect(reasons).toHaveLength(3)
    expect(reasons[0]).toMatchObject({ name: 'AbortError', code: 'JITNEY_GROUP_ABORTED' })
    expect((reasons[0] as Error).message).toBe('Cannot run task group: a task failed')
    expect(reasons[0]).not.toBe(boom)
    cleanUp.resolve()
    await settle()
    expect((call.reason as AggregateError).errors).toEqual([boom])
  })

  it('tells all real failures in the order in which they happened, without what only followed', async () => {
    const failures = await failuresOf(
      taskGroup(async (group) => {
        group.spawn(({ signal }) => untilAborted(signal))
        group.spawn(async ({ signal }) => {
          await untilAborted(signal).catch(() => settle())
          throw bang
        })
        group.spawn(async ({ signal }) => {
          await untilAborted(signal).catch(() => {})
          throw new DOMException('of a library', 'AbortError')
        })
        group.spawn(() => rejected(boom))
        await untilAborted(group.signal)
      }),
    )
    expect(failures).toEqual([boom, bang])
  })

  it('takes an AbortError for a failure, unless the signal has aborted', async () => {
    const abort = new DOMException('mine', 'AbortError')
    expect(await failuresOf(taskGroup((group) => void group.spawn(() => rejected(abort))))).toEqual(
      [abort],
    )
  })

  it('is not unmade by a body that catches the error of a task', async () => {
    const failures = await failuresOf(
      taskGroup(async (group) => {
        await group.spawn(() => rejected(boom)).promise.catch(() => 'never mind')
        return 'fine'
      }),
    )
    expect(failures).toEqual([boom])
  })

  it('tells each failure once, though the body and another task rethrow it', async () => {
    const failures = await failuresOf(
      taskGroup(async (group) => {
        const task = group.spawn(() => rejected(boom))
        group.spawn(() => task.promise)
        await task.promise
      }),
    )
    expect(failures).toEqual([boom])
  })

  it.each([undefined, null, 0, '', NaN])('takes a thrown %j for a failure', async (thrown) => {
    const failures = await failuresOf(
      taskGroup((group) => {
        group.spawn(() => rejected(thrown))
        group.spawn(({ signal }) => untilAborted(signal).catch(() => rejected(thrown)))
      }),
    )
    expect(failures).toHaveLength(1)
    expect(Object.is(failures[0], thrown)).toBe(true)
  })

  it('takes an object for a failure that throws whatever one does with it', async () => {
    const hostile = revoked()
    const failures = await failuresOf(
      taskGroup((group) => {
        group.spawn(({ signal }) => untilAborted(signal).catch(() => rejected(hostile)))
        throw boom
      }),
    )
    expect(failures[0]).toBe(boom)
    expect(failures[1] === hostile).toBe(true)
  })

  it('keeps the error of an inner group as it is', async () => {
    const inner = (): Promise<void> => taskGroup((group) => void group.spawn(() => rejected(boom)))
    const [failure] = await failuresOf(taskGroup((group) => void group.spawn(inner)))
    expect((failure as AggregateError).errors).toEqual([boom])
  })

  it('says that a task failed, and where it was called from', async () => {
    async function callerByName(): Promise<void> {
      await taskGroup((group) => {
        group.spawn(() => rejected(boom))
        group.spawn(() => rejected(bang))
      })
    }
    const error = (await reasonOf(callerByName())) as Error
    expect(error.message).toBe('Cannot run task group: a task failed')
    expect(error.stack).toContain('callerByName')
  })
})

describe('taskGroup({ signal })', () => {
  it('rejects at once with the reason of a signal that has aborted, and calls nothing', async () => {
    let called = false
    const body = (): void => {
      called = true
    }
    expect(await reasonOf(taskGroup(body, { signal: AbortSignal.abort('late') }))).toBe('late')
    expect(called).toBe(false)
  })

  it('rejects with the reason, once all have ended', async () => {
    const controller = new AbortController()
    const cleanUp = deferred()
    const call = observe(
      taskGroup(
        async (group) => {
          group.spawn(({ signal }) => untilAborted(signal).catch(() => cleanUp.promise))
          await untilAborted(group.signal)
        },
        { signal: controller.signal },
      ),
    )
    await settle()
    expect(listeners(controller.signal)).toBe(1)
    controller.abort('enough')
    await settle()
    expect(call.status).toBe('pending')
    cleanUp.resolve()
    await settle()
    expect(call).toEqual({ status: 'rejected', reason: 'enough' })
    expect(listeners(controller.signal)).toBe(0)
  })

  it('rejects with the reason, though all end well', async () => {
    const controller = new AbortController()
    const call = taskGroup(
      async ({ signal }) => {
        await untilAborted(signal).catch(() => {})
        return 'fine'
      },
      { signal: controller.signal },
    )
    controller.abort('enough')
    expect(await reasonOf(call)).toBe('enough')
  })

  it('rejects with real errors of the clean-up instead', async () => {
    const controller = new AbortController()
    const call = taskGroup(
      async (group) => {
        group.spawn(({ signal }) => untilAborted(signal).catch(() => rejected(boom)))
        await untilAborted(group.signal)
      },
      { signal: controller.signal },
    )
    controller.abort('enough')
    expect(await failuresOf(call)).toEqual([boom])
  })

  it('changes nothing after a failure, nor after abort(), nor after the end', async () => {
    for (const end of ['fail', 'abort'] as const) {
      const controller = new AbortController()
      const cleanUp = deferred()
      const call = observe(
        taskGroup(
          (group) => {
            group.spawn(({ signal }) => untilAborted(signal).catch(() => cleanUp.promise))
            if (end === 'fail') throw boom
            group.abort()
            return 'stopped'
          },
          { signal: controller.signal },
        ),
      )
      await settle()
      controller.abort('late')
      cleanUp.resolve()
      await settle()
      const { errors } = (call.reason ?? {}) as Partial<AggregateError>
      expect([call.value, errors]).toEqual(
        end === 'fail' ? [undefined, [boom]] : ['stopped', undefined],
      )
      expect(listeners(controller.signal)).toBe(0)
    }
    const controller = new AbortController()
    const ended = await taskGroup((group) => group.signal, { signal: controller.signal })
    controller.abort()
    expect(ended.aborted).toBe(false)
  })

  it('reaches groups within groups, each of which rejects with the reason', async () => {
    const controller = new AbortController()
    const inner: unknown[] = []
    const call = taskGroup(
      async (group) => {
        group.spawn(async ({ signal }) => {
          const nested = taskGroup((deep) => void deep.spawn((own) => untilAborted(own.signal)), {
            signal,
          })
          inner.push(await reasonOf(nested))
          await nested
        })
      },
      { signal: controller.signal },
    )
    await settle()
    controller.abort('enough')
    expect(await reasonOf(call)).toBe('enough')
    expect(inner).toEqual(['enough'])
  })

  it('governs a child by its own group, wherever it is spawned', async () => {
    const child = deferred<string>()
    await taskGroup(async (outer) => {
      let task: Task<string> | undefined
      await taskGroup((inner) => {
        task = outer.spawn(({ signal }) => orAborted(child, signal))
        inner.abort('the scope around it ends')
      })
      await settle()
      expect(task?.state).toBe('running')
      child.resolve('done')
      expect(await task?.promise).toBe('done')
    })
  })

  it('listens once, however many groups share a signal', async () => {
    const { signal } = new AbortController()
    const warnings = await eventsDuring('warning', async () => {
      const end = deferred()
      const groups = range(20).map(() => taskGroup(() => end.promise, { signal }))
      expect(listeners(signal)).toBe(1)
      end.resolve()
      await Promise.all(groups)
    })
    expect(warnings).toEqual([])
    expect(listeners(signal)).toBe(0)
  })
})

describe('TaskGroup.abort()', () => {
  it('stops all, and lets the group resolve', async () => {
    const reasons: unknown[] = []
    const value = await taskGroup(async (group) => {
      group.spawn(({ signal }) =>
        untilAborted(signal).catch((reason: unknown) => {
          reasons.push(reason)
          throw reason
        }),
      )
      group.abort('enough')
      reasons.push(group.signal.reason)
      return 'fine'
    })
    expect(value).toBe('fine')
    expect(reasons).toEqual(['enough', 'enough'])
  })

  it('resolves to undefined if the body answers with the abort', async () => {
    const value = await taskGroup(async (group) => {
      group.abort()
      await untilAborted(group.signal)
      return 'never'
    })
    expect(value).toBeUndefined()
  })

  it('gives an AbortError, the same for all, if there is no reason', async () => {
    const reasons = new Set<unknown>()
    await taskGroup(async (group) => {
      for (const _ of range(3)) {
        group.spawn(({ signal }) => untilAborted(signal).catch((reason) => reasons.add(reason)))
      }
      group.abort()
      reasons.add(group.signal.reason)
    })
    expect(reasons.size).toBe(1)
    expect([...reasons][0]).toMatchObject({ name: 'AbortError' })
  })

  it('reaches a child that calls it before its first await', async () => {
    await taskGroup((group) => {
      group.spawn(({ signal }) => {
        group.abort()
        expect(signal.aborted).toBe(true)
      })
    })
  })

  it('keeps the first reason', async () => {
    await taskGroup((group) => {
      group.abort('first')
      group.abort('second')
      expect(group.signal.reason).toBe('first')
    })
  })

  it('lets a failure that is none of the abort through', async () => {
    const failures = await failuresOf(
      taskGroup((group) => {
        group.spawn(({ signal }) => untilAborted(signal).catch(() => rejected(boom)))
        group.abort()
      }),
    )
    expect(failures).toEqual([boom])
  })
})

describe('taskGroup(), given what does not fit', () => {
  it.each([
    [[undefined], TypeError, "Cannot run task group: 'body' must be a function"],
    [[() => {}, null], TypeError, "'options' must be an object"],
    [[() => {}, { limit: 1 }], TypeError, 'received "limit"'],
    [[() => {}, { signal: 1 }], TypeError, "'signal' must be an AbortSignal"],
    [[() => {}, { retain: 1 }], TypeError, "'retain' must be a boolean, received 1"],
    [[() => {}, { concurrency: 0 }], RangeError, "'concurrency' must be an integer of at least 1"],
    [[() => {}, { concurrency: NaN }], RangeError, 'received NaN'],
    [[() => {}, { concurrency: 1.5 }], RangeError, 'received 1.5'],
    [[() => {}, { concurrency: '1' }], TypeError, 'or a Semaphore, received "1"'],
  ])('rejects %j', async (parameters, type, message) => {
    const reason = await reasonOf(taskGroup(...(parameters as [never, never])))
    expect(reason).toBeInstanceOf(type)
    expect((reason as Error).message).toContain(message)
  })
})
