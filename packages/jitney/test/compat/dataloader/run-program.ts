import type Original from 'dataloader'
import { setImmediate as nextTurn } from 'node:timers/promises'

import { answerTo, text } from './batches.ts'
import { cacheKeyFnOf, cacheMapOf } from './caches.ts'
import type { Key, Program, Step } from './program.ts'

export type Loader = Original<Key, number, unknown>
type LoaderClass = typeof Original
type Options = Original.Options<Key, number, unknown>

const jobsPerTurn = 60
const turnsAtTheEnd = 4
/** Loads that lead to loads that lead to loads. */
const mostBatches = 60

/**
 * Runs a program on either class, and returns all that could be told of it: calls of the batch
 * function, the scheduler and the cache, what each load came to, and in which promise job of its
 * turn each of that was.
 */
export async function runProgram(Class: LoaderClass, program: Program): Promise<string[]> {
  await nextTurn()
  const run = new Run(Class, program)
  for (const step of program.steps) await run.step(step)
  for (let turn = 0; turn < turnsAtTheEnd; turn += 1) {
    await run.step({ do: 'go on' })
    await run.step({ do: 'turn' })
  }
  return run.end()
}

class Run {
  readonly #log: string[] = []
  readonly #errors = new Map<unknown, number>()
  readonly #scheduled: (() => void)[] = []
  readonly #later: (() => void)[] = []
  readonly #unsettled = new Set<string>()
  readonly #loader: Loader
  readonly #cacheMap: Options['cacheMap']
  #job = 0
  #counting = false
  #loads = 0
  #batches = 0

  constructor(Class: LoaderClass, { settings }: Program) {
    const say = (words: string): void => this.#say(words)
    this.#cacheMap = cacheMapOf(settings.cacheMap, say)
    const { batch, maxBatchSize, cache, name, answers } = settings
    const options: Record<string, unknown> = {
      batch,
      maxBatchSize,
      cache,
      name,
      cacheMap: this.#cacheMap,
      cacheKeyFn: cacheKeyFnOf(settings.cacheKeyFn),
      batchScheduleFn: this.#schedulerOf(settings.scheduler),
    }
    const load = (self: unknown, [keys, ...more]: [readonly Key[]]): PromiseLike<number[]> => {
      const index = this.#batches++
      say(`batch ${keys.map(text).join(' ')} ${self === this.#loader} ${more.length}`)
      if (index >= mostBatches) return Promise.reject(new Error('enough'))
      const answer = answers[index % answers.length] ?? 'values'
      return answerTo(answer, keys, this.#loader, this.#later) as Promise<number[]>
    }
    this.#loader = new Class<Key, number, unknown>(function (this: unknown, ...given) {
      return load(this, given)
    }, options)
    say(`name ${text(this.#loader.name)}`)
    this.#countJobs()
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'load':
        return this.#hear(`load ${text(step.key)}`, () => this.#loader.load(step.key as Key))
      case 'load on':
        return this.#hear(`load on ${text(step.key)}`, () => this.#loadOn(step.key, step.depth))
      case 'load many':
        return this.#hear(`load many ${step.keys.map(text).join(' ')}`, () =>
          this.#loader.loadMany(step.keys as Key[]),
        )
      case 'prime':
        return this.#chain('prime', () => this.#loader.prime(step.key, primedWith(step.with)))
      case 'clear':
        return this.#chain('clear', () => this.#loader.clear(step.key))
      case 'clear all':
        return this.#chain('clear all', () => this.#loader.clearAll())
      case 'jobs':
        for (let job = 0; job < step.count; job += 1) await undefined
        return
      case 'tick':
        await new Promise((resolve) => process.nextTick(resolve))
        return
      case 'turn':
        await nextTurn()
        this.#countJobs()
        return
      case 'go on':
        for (const call of [...this.#scheduled.splice(0), ...this.#later.splice(0)]) call()
    }
  }

  end(): string[] {
    const cached = this.#cacheMap instanceof Map ? [...this.#cacheMap.keys()].map(text) : []
    return [...this.#log, `unsettled: ${[...this.#unsettled].join()}`, `cached: ${cached.join()}`]
  }

  async #loadOn(key: Key, depth: number): Promise<number> {
    const value = await this.#loader.load(key)
    this.#say(`step ${text(key)} ${text(value)}`)
    return depth === 0 ? value : this.#loadOn(Math.abs(value) % 7, depth - 1)
  }

  #hear(name: string, call: () => Promise<unknown>): void {
    const label = `${(this.#loads += 1)} ${name}`
    try {
      const promise = call()
      this.#unsettled.add(label)
      promise.then(
        (value) => this.#settle(label, this.#textOf(value)),
        (error: unknown) => this.#settle(label, `rejects ${this.#textOf(error)}`),
      )
    } catch (error) {
      this.#say(`${label} throws ${this.#textOf(error)}`)
    }
  }

  #chain(name: string, call: () => unknown): void {
    try {
      this.#say(`${name} ${call() === this.#loader ? '' : 'returns another'}`)
    } catch (error) {
      this.#say(`${name} throws ${this.#textOf(error)}`)
    }
  }

  #settle(label: string, how: string): void {
    this.#unsettled.delete(label)
    this.#say(`${label} ${how}`)
  }

  /** Errors with a number: the same one may come to several loads. */
  #textOf(value: unknown): string {
    if (Array.isArray(value)) return value.map((one) => this.#textOf(one)).join()
    if (!(value instanceof Error)) return text(value)
    const number = this.#errors.get(value) ?? this.#errors.size
    this.#errors.set(value, number)
    return `error ${number} ${text(value)} ${Object.keys(value).join()} ${text(value.cause)}`
  }

  #say(words: string): void {
    this.#log.push(`${this.#job}: ${words}`)
  }

  /** Counts promise jobs, so that nothing may happen a job sooner or later unnoticed. */
  #countJobs(): void {
    this.#job = 0
    if (this.#counting) return
    this.#counting = true
    const count = (): void => {
      this.#job += 1
      this.#counting = this.#job < jobsPerTurn
      if (this.#counting) queueMicrotask(count)
    }
    queueMicrotask(count)
  }

  #schedulerOf(kind: Program['settings']['scheduler']): Options['batchScheduleFn'] {
    if (kind === 'none') return undefined
    return (callback) => {
      this.#say('schedule')
      if (kind === 'by hand') this.#scheduled.push(callback)
      if (kind === 'next tick') process.nextTick(callback)
      if (kind === 'promise job') queueMicrotask(callback)
      if (kind === 'next turn') setImmediate(callback)
      if (kind === 'at once') callback()
      if (kind === 'twice') {
        queueMicrotask(callback)
        process.nextTick(callback)
      }
    }
  }
}

function primedWith(what: 'value' | 'error' | 'promise'): number | Promise<number> | Error {
  if (what === 'value') return 5
  return what === 'error' ? new Error('primed') : Promise.resolve(6)
}
