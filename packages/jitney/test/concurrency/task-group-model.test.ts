import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'

import fc from 'fast-check'
import { type Deferred, deferred, settle } from 'jitney/testing'
import { describe, it } from 'vitest'

import { Semaphore, type Task, taskGroup, type TaskGroup } from '../../src/index.ts'
import { runs } from '../model/runs.ts'
import { eventsDuring } from '../support/process-events.ts'

/** How a function answers the abort of its signal. */
type Answer = 'with the reason' | 'with an AbortError' | 'with a value' | 'with an error' | 'never'
type Kind = 'spawn' | 'background' | 'start'

type Command =
  | { readonly do: 'add'; readonly kind: Kind; readonly answer: Answer }
  | { readonly do: 'return' | 'throw' | 'report' | 'abort task'; readonly index: number }
  | { readonly do: 'abort group' | 'abort outside' | 'end body' | 'fail body' | 'settle' }

const anyAnswer = fc.constantFrom<Answer>(
  'with the reason',
  'with an AbortError',
  'with a value',
  'with an error',
  'never',
)
const anyIndex = fc.nat({ max: 12 })
const onTask = (name: 'return' | 'throw' | 'report' | 'abort task', weight: number) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), index: anyIndex }),
})
const plain = (
  name: 'abort group' | 'abort outside' | 'end body' | 'fail body' | 'settle',
  weight: number,
) => ({ weight, arbitrary: fc.constant<Command>({ do: name }) })

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      kind: fc.constantFrom<Kind>('spawn', 'spawn', 'background', 'start'),
      answer: anyAnswer,
    }),
  },
  onTask('return', 8),
  onTask('throw', 2),
  onTask('report', 4),
  onTask('abort task', 3),
  plain('abort group', 1),
  plain('abort outside', 1),
  plain('end body', 2),
  plain('fail body', 1),
  plain('settle', 8),
)

type Stop = 'failed' | 'outside' | 'inside' | 'done'

/** A child, or the body, as it should be. */
interface Child {
  readonly kind: Kind | 'body'
  readonly answer: Answer
  state: Task<unknown>['state']
  aborted: boolean
  reported: boolean
}

/** What should happen, with everything settled after each command. */
class Model {
  readonly children: Child[] = []
  readonly body: Child
  readonly failures: string[] = []
  /** In the order in which the children ended. */
  readonly ended: number[] = []
  readonly #places: number
  stopped: Stop | undefined

  constructor(places: number, answer: Answer) {
    this.#places = places
    this.body = { kind: 'body', answer, state: 'running', aborted: false, reported: false }
  }

  get running(): Child[] {
    return this.children.filter(({ state }) => state === 'running')
  }

  get isOver(): boolean {
    return [this.body, ...this.children].every((child) => !isLive(child))
  }

  add(kind: Kind, answer: Answer): void {
    this.children.push({ kind, answer, state: 'queued', aborted: false, reported: false })
    this.#start()
  }

  end(child: Child, state: 'fulfilled' | 'rejected' | 'aborted'): void {
    if (!isLive(child)) return
    child.state = state
    const index = this.children.indexOf(child)
    if (child.kind !== 'background' && child.kind !== 'body') this.ended.push(index)
    if (state === 'rejected' && (child.kind !== 'start' || child.reported)) {
      this.failures.push(`${index}`)
      this.stop('failed')
    }
    this.#start()
    const awaited = this.children.filter(({ kind }) => kind !== 'background')
    if ([this.body, ...awaited].some(isLive) || this.isOver) return
    this.stop('done')
  }

  stop(how: Stop): void {
    if (this.stopped !== undefined) return
    this.stopped = how
    for (const child of [...this.children, this.body]) this.abort(child)
  }

  abort(child: Child): void {
    if (!isLive(child) || child.aborted) return
    child.aborted = true
    if (child.state === 'queued' || /reason|AbortError/.test(child.answer))
      this.end(child, 'aborted')
    else if (child.answer === 'with a value') this.end(child, 'fulfilled')
    else if (child.answer === 'with an error') this.end(child, 'rejected')
  }

  #start(): void {
    for (const child of this.children) {
      if (child.state !== 'queued' || this.stopped !== undefined) continue
      const taken = this.running.filter(({ kind }) => kind !== 'background').length
      if (child.kind === 'background' || taken < this.#places) child.state = 'running'
    }
  }
}

const isLive = ({ state }: Child): boolean => state === 'queued' || state === 'running'

/** The real group, each function under the test's control. */
class System {
  readonly slots: Semaphore
  readonly outer = new AbortController()
  readonly tasks: (Task<unknown> | undefined)[] = []
  readonly controls: Deferred<unknown>[] = []
  readonly reports: ((() => void) | undefined)[] = []
  readonly starts: (string | undefined)[] = []
  readonly states: string[] = []
  readonly body = deferred<unknown>()
  looped: string[] = []
  isLooping = false
  readonly done: Promise<PromiseSettledResult<unknown>>
  group!: TaskGroup
  outcome: PromiseSettledResult<unknown> | undefined
  live = 0

  constructor(places: number, answer: Answer) {
    this.slots = new Semaphore(places)
    const options = { concurrency: this.slots, signal: this.outer.signal }
    const work = taskGroup((group) => {
      this.group = group
      return answered(this.body, group.signal, answer, -1)
    }, options)
    this.done = Promise.allSettled([work]).then(([outcome]) => {
      assert.equal(this.live, 0, 'no function is left running')
      this.outcome = outcome
      return outcome
    })
  }

  add(kind: Kind, answer: Answer): void {
    const index = this.controls.push(deferred<unknown>()) - 1
    const work = async (signal: AbortSignal): Promise<unknown> => {
      this.live += 1
      try {
        return await answered(this.controls[index] as Deferred<unknown>, signal, answer, index)
      } finally {
        this.live -= 1
      }
    }
    if (kind !== 'start') {
      this.tasks[index] = this.group[kind](({ signal }) => work(signal), { name: `${index}` })
      return
    }
    this.group
      .start<string>(
        ({ signal, started }) => {
          this.reports[index] = () => {
            started('ready')
          }
          return work(signal)
        },
        { name: `${index}` },
      )
      .then(
        () => {
          this.starts[index] = 'ready'
        },
        (reason: unknown) => {
          const isOwn = reason instanceof Error && reason.message === `${index}`
          this.starts[index] = isOwn ? 'failed' : 'ended'
        },
      )
  }

  /** One loop at a time, begun anew when a child comes after the last one ended. */
  async loop(): Promise<void> {
    if (this.isLooping) return
    this.isLooping = true
    this.looped = []
    for await (const task of this.group) {
      this.looped.push(task.name)
      this.tasks[Number(task.name)] ??= task
    }
    this.isLooping = false
  }
}

async function answered(
  { promise }: Deferred<unknown>,
  signal: AbortSignal,
  answer: Answer,
  index: number,
): Promise<unknown> {
  const aborted = new Promise((resolve, reject) => {
    const onAbort = (): void => {
      if (answer === 'with the reason') reject(signal.reason as Error)
      if (answer === 'with an AbortError') reject(new DOMException('of a library', 'AbortError'))
      if (answer === 'with a value') resolve('value')
      if (answer === 'with an error') reject(new Error(`${index}`))
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  return await Promise.race([promise, aborted])
}

function run(command: Command, model: Model, system: System): void {
  const child = 'index' in command ? model.children[command.index] : undefined
  const isRunning = child?.state === 'running'
  switch (command.do) {
    case 'add':
      if (model.isOver || model.stopped !== undefined) {
        assert.throws(() => system.group.spawn(() => assert.fail('it was called')))
        break
      }
      model.add(command.kind, command.answer)
      system.add(command.kind, command.answer)
      void system.loop()
      break
    case 'return':
      if (!isRunning) break
      system.controls[command.index]?.resolve('value')
      model.end(child, 'fulfilled')
      break
    case 'throw':
      if (!isRunning) break
      system.controls[command.index]?.reject(new Error(`${command.index}`))
      model.end(child, 'rejected')
      break
    case 'report':
      if (!isRunning || child.kind !== 'start') break
      system.reports[command.index]?.()
      child.reported = true
      break
    case 'abort task':
      if (child === undefined || system.tasks[command.index] === undefined) break
      system.tasks[command.index]?.abort('alone')
      model.abort(child)
      break
    case 'abort group':
      system.group.abort('inside')
      if (!model.isOver) model.stop('inside')
      break
    case 'abort outside':
      system.outer.abort('outside')
      if (!model.isOver) model.stop('outside')
      break
    case 'end body':
      system.body.resolve('body')
      model.end(model.body, 'fulfilled')
      break
    case 'fail body':
      system.body.reject(new Error('-1'))
      model.end(model.body, 'rejected')
      break
    case 'settle':
      break
  }
}

function check(model: Model, system: System): void {
  const { group, slots, outer } = system
  const running = model.running
  const { names, ...counts } = group.stats()
  assert.deepEqual(counts, {
    queued: model.children.filter(({ state }) => state === 'queued').length,
    running: running.length,
    ended: model.children.filter((child) => !isLive(child)).length,
  })
  assert.deepEqual(
    names,
    running.map((child) => `${model.children.indexOf(child)}`),
  )
  for (const [index, task] of system.tasks.entries()) {
    if (task !== undefined) assert.equal(task.state, model.children[index]?.state, `task ${index}`)
  }
  for (const [index, { kind, state, reported }] of model.children.entries()) {
    if (kind !== 'start') continue
    const ended = state === 'rejected' ? 'failed' : 'ended'
    const expected = reported ? 'ready' : /queued|running/.test(state) ? undefined : ended
    assert.equal(system.starts[index], expected, `start ${index}`)
  }
  assert.equal(slots.active, running.filter(({ kind }) => kind !== 'background').length, 'places')
  assert.deepEqual(system.looped.toSorted(), model.ended.map(String).toSorted(), 'the loop')
  const awaited = model.children.filter(({ kind }) => kind !== 'background')
  assert.equal(system.isLooping, awaited.some(isLive), 'the end of the loop')
  assert.equal(group.signal.aborted, model.stopped !== undefined, 'the signal')
  assert.equal(system.outcome !== undefined, model.isOver, 'the end')
  assert.equal(getEventListeners(outer.signal, 'abort').length, model.isOver ? 0 : 1, 'listener')
}

async function compare(
  places: number,
  answer: Answer,
  commands: readonly Command[],
): Promise<void> {
  const model = new Model(places, answer)
  const system = new System(places, answer)
  for (const command of commands) {
    run(command, model, system)
    await settle()
    check(model, system)
    if (model.isOver) break
  }
  // Whatever is left is let go, those in the queue too.
  run({ do: 'end body' }, model, system)
  await settle()
  while (!model.isOver) {
    for (const index of model.children.keys()) {
      run({ do: 'return', index }, model, system)
      await settle()
    }
  }
  check(model, system)
  const outcome = await system.done
  if (model.failures.length > 0) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof AggregateError)
    const messages = outcome.reason.errors.map((error: unknown) => (error as Error).message)
    // What fails in one turn, because of an abort, has no order that a model could know.
    if (model.stopped === 'failed')
      assert.equal(messages[0], model.failures[0], 'the first failure')
    assert.deepEqual(messages.toSorted(), model.failures.toSorted())
  } else if (model.stopped === 'outside') {
    assert.deepEqual(outcome, { status: 'rejected', reason: 'outside' })
  } else {
    const value = { fulfilled: 'body', aborted: undefined }[model.body.state as 'fulfilled']
    const returned = model.body.aborted && value !== undefined ? /body|value/ : undefined
    assert.equal(outcome.status, 'fulfilled')
    if (returned === undefined) assert.equal(outcome.value, value)
    else assert.match(String(outcome.value), returned)
  }
  assert.deepEqual([system.slots.active, system.slots.queued], [0, 0])
}

describe('taskGroup(), whatever happens in whatever order', () => {
  it('does what the model says: nobody left running, no place, no listener, no rejection', async () => {
    const unhandled = await eventsDuring('unhandledRejection', () =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 4 }),
          anyAnswer,
          fc.array(anyCommand, { maxLength: 40, size: 'max' }),
          compare,
        ),
        runs(1000),
      ),
    )
    assert.deepEqual(unhandled, [])
  }, 600_000)
})
