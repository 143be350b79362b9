/** What happens to a form of the map family, in an order that a test chooses. */
export type Event =
  | { readonly type: 'next' }
  | { readonly type: 'leave' }
  | { readonly type: 'abort' }
  /** The source answers the `next()` that is outstanding. */
  | { readonly type: 'feed' }
  /** A call in flight ends; `pick` says which. */
  | { readonly type: 'end'; readonly pick: number; readonly how: Ending }
  /** An item that is a promise settles. */
  | { readonly type: 'item'; readonly pick: number; readonly fails: boolean }

/** How a call ends: with a value, an error, or by hearing its signal. */
export type Ending = 'value' | 'error' | 'reason' | 'AbortError'

export interface Setup {
  readonly form: 'map' | 'mapSettled' | 'mapIterable' | 'asCompleted'
  readonly concurrency: number
  readonly buffer: number
  readonly isAsync: boolean
  /** One per item: whether it is a promise. */
  readonly promises: readonly boolean[]
  readonly sourceFails: boolean
  readonly closingFails: boolean
}

/** What can be seen from outside. */
export interface View {
  /** Indices of the calls, in the order in which they began. */
  readonly calls: number[]
  /** Indices of the calls in flight whose signal has aborted. */
  readonly aborted: number[]
  readonly nexts: number
  readonly returns: number
  /** What the calls of `next()` were answered, or what the promise settled with. */
  readonly answers: string[]
  /** Whether `return()` was answered. */
  readonly isLeft: boolean
}

/** The map family as its documentation has it, with nothing asynchronous. */
export class Model {
  readonly #setup: Setup
  readonly calls: number[] = []
  readonly running = new Set<number>()
  readonly awaited = new Set<number>()
  readonly answers: string[] = []
  nexts = 0
  returns = 0
  isLeft = false
  isOutstanding = false
  #asked = 0
  #pulled = 0
  #taken = 0
  #active = 0
  readonly #results = new Map<number, string>()
  readonly #order: number[] = []
  readonly #errors = new Map<number, string>()
  #isExhausted = false
  #isStopped = false
  #isAborted = false
  #hasLeft = false
  #hasEnded = false
  #sourceError: string | undefined
  #reason: string | undefined

  constructor(setup: Setup) {
    this.#setup = setup
    if (this.#isPromiseForm) this.#asked = Infinity
    this.#settle()
  }

  get #isPromiseForm(): boolean {
    return this.#setup.form === 'map' || this.#setup.form === 'mapSettled'
  }

  get view(): View {
    const { calls, nexts, returns, answers, isLeft } = this
    const aborted = this.#isStopped ? [...this.running].sort((one, other) => one - other) : []
    return { calls, aborted, nexts, returns, answers, isLeft }
  }

  /** Which item an event is about. */
  indexOf(event: Event): number {
    if (event.type === 'end') return pickFrom(this.running, event.pick)
    return event.type === 'item' ? pickFrom(this.awaited, event.pick) : -1
  }

  happen(event: Event): void {
    const index = this.indexOf(event)
    if (event.type === 'next' || event.type === 'abort') {
      if (event.type === 'next') this.#asked += 1
      else this.#isAborted = true
      if (this.#isAborted && this.#asked > 0) this.#stop('aborted')
    } else if (event.type === 'leave') {
      this.#hasLeft = true
      this.#stop()
    } else if (event.type === 'feed') {
      this.isOutstanding = false
      if (!this.#isStopped) this.#step()
      else if (this.#setup.sourceFails && this.#pulled === this.#setup.promises.length) {
        this.#failSource('source')
      }
    } else if (event.type === 'end') this.#end(index, event.how)
    else {
      this.awaited.delete(index)
      if (event.fails) this.#fail(index, `item ${index}`)
      else if (!this.#isStopped) this.#call(index)
    }
    this.#settle()
  }

  #end(index: number, how: Ending): void {
    this.running.delete(index)
    if (how === 'value') this.#complete(index, `value ${index}`)
    else if (this.#isStopped && how !== 'error') return
    else this.#fail(index, `${how} ${index}`)
  }

  #complete(index: number, result: string): void {
    if (this.#isStopped) return
    this.#active -= 1
    this.#results.set(index, result)
    this.#order.push(index)
  }

  #fail(index: number, error: string): void {
    if (!this.#isStopped && this.#setup.form === 'mapSettled') this.#complete(index, error)
    else if (!this.#hasEnded) {
      this.#errors.set(index, error)
      this.#stop()
    }
  }

  #failSource(error: string): void {
    if (!this.#hasEnded) this.#sourceError ??= error
    this.#isExhausted = true
    this.#stop()
  }

  #call(index: number): void {
    this.calls.push(index)
    this.running.add(index)
  }

  #stop(reason?: string): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#reason = this.#hasEnded ? undefined : reason
    if (this.#isExhausted || this.nexts === 0) return
    this.#isExhausted = true
    this.returns += 1
    const isHeard = !this.#setup.isAsync || !this.isOutstanding || this.running.size > 0
    if (this.#setup.closingFails && isHeard) this.#sourceError ??= 'closing'
  }

  #step(): void {
    const { promises, sourceFails } = this.#setup
    const index = this.#pulled
    if (index === promises.length) {
      this.#isExhausted = true
      if (sourceFails) this.#failSource('source')
      return
    }
    this.#pulled += 1
    this.#active += 1
    if (promises[index] === true) this.awaited.add(index)
    else this.#call(index)
  }

  /** All that follows without anything further from outside. */
  #settle(): void {
    if (this.#isPromiseForm) this.#taken = this.#results.size
    else this.#give()
    this.#pull()
    const isDone = this.#isExhausted && this.#pulled === this.#taken
    if (!this.#hasEnded && (this.#isStopped ? this.running.size === 0 : isDone)) {
      this.#hasEnded = true
      if (this.#isPromiseForm) this.#answerPromise()
    }
    this.isLeft = this.#hasLeft && this.#hasEnded
    if (!this.#isPromiseForm) this.#give()
  }

  #pull(): void {
    const { concurrency, buffer, isAsync } = this.#setup
    while (
      this.#asked > 0 &&
      !this.#isStopped &&
      !this.#isExhausted &&
      !this.isOutstanding &&
      this.#pulled - this.#taken < concurrency + buffer &&
      this.#active < concurrency
    ) {
      this.nexts += 1
      if (isAsync) this.isOutstanding = true
      else this.#step()
    }
  }

  #give(): void {
    while (this.answers.length < this.#asked) {
      const index = this.#setup.form === 'mapIterable' ? this.#taken : this.#order[this.#taken]
      const result = index === undefined ? undefined : this.#results.get(index)
      if (result !== undefined && !this.#hasLeft && !this.#isAborted) {
        this.#taken += 1
        this.answers.push(result)
        this.#pull()
        if (this.#isExhausted && !this.#isStopped && this.#pulled === this.#taken) {
          this.#hasEnded = true
        }
      } else if (!this.#hasEnded) return
      else {
        const failure = this.#failure
        this.answers.push(failure === undefined || this.#hasLeft ? 'done' : failure)
        this.#reason = this.#sourceError = undefined
        this.#errors.clear()
      }
    }
  }

  #answerPromise(): void {
    const { form, promises } = this.#setup
    const results = promises.map((_, index) => this.#results.get(index))
    this.answers.push(this.#failure ?? `${form} ${results.join()}`)
  }

  get #failure(): string | undefined {
    const errors = [...this.#errors].sort(([one], [other]) => one - other).map(([, text]) => text)
    return (
      this.#reason ?? this.#sourceError ?? (errors.length > 0 ? errors.join(' and ') : undefined)
    )
  }
}

function pickFrom(indices: ReadonlySet<number>, pick: number): number {
  const sorted = [...indices].sort((one, other) => one - other)
  const index = sorted[pick % sorted.length]
  if (index === undefined) throw new Error('nothing to pick from')
  return index
}
