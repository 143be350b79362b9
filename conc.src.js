// packages/jitney/dist/platform/describe.js
function describe(value) {
  try {
    if ('string' == typeof value) return JSON.stringify(value.slice(0, 60))
    if ((Object(value) !== value && 'bigint' != typeof value) || value instanceof Error)
      return String(value)
    const { length } = value,
      kind = {}.toString.call(value).slice(8, -1)
    return 'number' == typeof length ? `${kind} of ${length}` : kind
  } catch {
    return 'an object'
  }
}

// packages/jitney/dist/platform/errors.js
function refusal(action2, name, allowed, value, code = 'JITNEY_WRONG_TYPE') {
  const Kind = 'JITNEY_OUT_OF_RANGE' === code ? RangeError : TypeError
  return Object.assign(
    Kind(`Cannot ${action2}: '${name}' must be ${allowed}, received ${describe(value)}`),
    {
      code,
    },
  )
}

// packages/jitney/dist/platform/guards.js
var count = /* @__PURE__ */ guard('an integer of at least 1, or Infinity', isCount, 'number')
var countOrZero = /* @__PURE__ */ guard(
  'an integer of at least 1, or Infinity, or 0',
  (value) => 0 === value || isCount(value),
  'number',
)
var countOrShared = /* @__PURE__ */ guard(
  'an integer of at least 1, or Infinity, or a Semaphore',
  (value) => isCount(value) || has(value, 'tryAcquire'),
  'number',
)
var aboveZero = /* @__PURE__ */ guard(
  'a number above 0',
  (value) => isAtLeastZero(value) && value > 0,
  'number',
)
var durationOrZero = /* @__PURE__ */ guard('milliseconds of at least 0', isAtLeastZero, 'number')
var finite = /* @__PURE__ */ guard('a finite number', (value) => Number.isFinite(value), 'number')
var checkFunction = /* @__PURE__ */ having('a function', 'call')
var isClock = /* @__PURE__ */ having('a Clock', 'clearTimeout')
var checkIterable = /* @__PURE__ */ having('an iterable', Symbol.iterator)
var checkSignal = /* @__PURE__ */ having('an AbortSignal', 'addEventListener')
function guard(allowed, fits, type) {
  return (action2, name, value) => {
    if (fits(value)) return value
    throw refusal(
      action2,
      name,
      allowed,
      value,
      typeof value === type ? 'JITNEY_OUT_OF_RANGE' : void 0,
    )
  }
}
function having(allowed, method) {
  return guard(allowed, (value) => has(value, method))
}
function typed(type) {
  return guard(`a ${type}`, (value) => typeof value === type)
}
function oneOf(words) {
  return guard(`one of ${words.join(', ')}`, (value) => words.includes(value), 'string')
}
function optional(given, fallback) {
  return (action2, name, value = fallback) =>
    void 0 === value ? value : given(action2, name, value)
}
function fields(guards) {
  const names = Object.keys(guards)
  return (action2, name, value = {}) => {
    checkOptions(action2, value, names, name)
    const options = {}
    for (const field of names)
      options[field] = guards[field](
        action2,
        'options' === name ? field : `${name}.${field}`,
        value[field],
      )
    return options
  }
}
function checkOptions(action2, options, known2, name = 'options') {
  if ('[object Object]' !== {}.toString.call(options))
    throw refusal(action2, name, 'an object', options)
  for (const key in options)
    if (!known2.includes(key))
      throw refusal(action2, 'option', `one of ${known2.join(', ')}`, key, 'JITNEY_UNKNOWN_OPTION')
}
function amountTo(most) {
  return guard(
    `a finite number from 0 to ${most}`,
    (value) => isAtLeastZero(value) && value <= most && value < 1 / 0,
    'number',
  )
}
function has(value, method) {
  return 'function' == typeof value?.[method]
}
function isCount(value) {
  return value === 1 / 0 || (Number.isSafeInteger(value) && value > 0)
}
function isAtLeastZero(value) {
  return 'number' == typeof value && value >= 0
}

// packages/jitney/dist/platform/builtin.js
function builtin(name) {
  const { process } = globalThis
  return process?.getBuiltinModule?.(name)
}

// packages/jitney/dist/platform/alarm.js
var Alarm = class {
  deadline = 1 / 0
  constructor(clock, within, ring) {
    let timer
    this.set = (deadline) => {
      if (deadline === this.deadline) return
      if ((clock.clearTimeout(timer), (this.deadline = deadline), deadline === 1 / 0)) return
      const tick = () => {
          const due = this.deadline
          ;(this.clear(), clock.now() < due ? this.set(due) : ring())
        },
        delay = Math.min(Math.max(0, deadline - clock.now()), 2 ** 31 - 1)
      timer = within(() => clock.setTimeout(tick, delay))
    }
  }
  clear() {
    this.set(1 / 0)
  }
}

// packages/jitney/dist/platform/context.js
function captureContext() {
  return builtin('node:async_hooks')?.AsyncLocalStorage.snapshot() ?? ((run) => run())
}

// packages/jitney/dist/platform/turn.js
function inPromiseJob(callback) {
  Promise.resolve().then(callback)
}

// packages/jitney/dist/platform/clock.js
var systemClock = {
  now: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => {
    clearTimeout(timer)
  },
}

// packages/jitney/dist/concurrency/failure.js
function failure(code, action2, why, errors) {
  const message = `Cannot ${action2}: ${why}`
  return Object.assign(errors ? new AggregateError(errors, message) : new Error(message), {
    code,
  })
}

// packages/jitney/dist/platform/on-abort.js
var known = /* @__PURE__ */ new WeakMap()
function onAbort(signal, callback) {
  const listeners = known.get(signal) ?? new Listeners()
  return (
    known.set(signal, listeners),
    signal.addEventListener('abort', listeners),
    listeners.add(callback),
    () => {
      ;(listeners.delete(callback),
        0 === listeners.size && signal.removeEventListener('abort', listeners))
    }
  )
}
var Listeners = class extends Set {
  handleEvent() {
    for (const callback of this) callback()
  }
}

// packages/jitney/dist/concurrency/line.js
function createLine(action2, free, take, guards, onRest) {
  const read = fields({
      ...guards,
      signal: optional(checkSignal),
    }),
    waiters = /* @__PURE__ */ new Map()
  let head = 0,
    tail = 0,
    serving = false
  const join = (weight, serve, reject, signal) => {
      const place = (tail += 1),
        leave = () => {
          waiters.delete(place) &&
            (stop?.(), signal?.aborted && reject?.(signal.reason), line.serve())
        },
        stop = signal && onAbort(signal, leave)
      return (
        waiters.set(place, {
          weight,
          signal,
          serve,
          t: leave,
        }),
        onRest?.(),
        leave
      )
    },
    line = {
      e: waiters,
      get first() {
        for (; waiters.size > 0;) {
          const first = waiters.get(head)
          if (first) {
            if (!first.signal?.aborted) return first
            first.t()
          } else head += 1
        }
      },
      t: () => (serving || 0 === waiters.size ? free() : -1),
      wait: (options, value) =>
        new Promise((resolve, reject) => {
          const { weight = 1, signal } = read(action2, 'options', options),
            serve = () => {
              try {
                resolve(take(weight, value))
              } catch (error) {
                reject(error)
              }
            }
          ;(signal?.throwIfAborted(),
            weight <= line.t() ? serve() : join(weight, serve, reject, signal))
        }),
      attempt(options, value) {
        const { weight = 1 } = read(action2, 'options', options)
        return weight <= line.t()
          ? {
              value: take(weight, value),
            }
          : void 0
      },
      onAllowance(need, serve) {
        ;(checkFunction(action2, 'serve', serve), serving || inPromiseJob(line.serve))
        const { weight = 1 } = read(action2, 'options', {
          weight: need,
        })
        return join(weight, async () => serve())
      },
      serve() {
        if (serving) return
        serving = true
        const last = tail
        for (let { first } = line; first && first.weight <= free(); { first } = line) {
          if (head > last) {
            ;(head % 1e4 == 0 ? setTimeout : inPromiseJob)(line.serve)
            break
          }
          ;(first.t(), first.serve())
        }
        ;((serving = false), onRest?.())
      },
    }
  return line
}

// packages/jitney/dist/concurrency/channel.js
var Channel = class {
  capacity
  #values = /* @__PURE__ */ new Map()
  #head = 0
  #tail = 0
  #closed = false
  #senders = createLine(
    'send',
    () => (this.#closed ? 1 : this.capacity + (this.#receivers.first ? 1 : 0) - this.#values.size),
    (_, value) => {
      if (this.#closed) throw closed()
      ;(this.#values.set((this.#tail += 1), value), this.#receivers.serve())
    },
  )
  #receivers = createLine(
    'receive',
    () => (this.#closed ? 1 : this.#available),
    () => {
      if (0 === this.#available) throw closed()
      const { first } = this.#senders
      ;(first?.t(), first?.serve())
      const value = this.#values.get((this.#head += 1))
      return (this.#values.delete(this.#head), value)
    },
  )
  constructor(capacity = 0) {
    this.capacity = countOrZero('create Channel', 'capacity', capacity)
  }
  send(value, options) {
    return this.#senders.wait(options, value)
  }
  receive(options) {
    return this.#receivers.wait(options)
  }
  trySend(value) {
    return void 0 !== this.#senders.attempt({}, value)
  }
  tryReceive() {
    return this.#available > 0 ? this.#receivers.attempt() : void 0
  }
  close() {
    ;((this.#closed = true), this.#senders.serve(), this.#receivers.serve())
  }
  [Symbol.asyncIterator]() {
    const left = new AbortController(),
      options = {
        signal: left.signal,
      },
      done = {
        done: true,
        value: void 0,
      }
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () =>
        this.receive(options).then(
          (value) => ({
            done: false,
            value,
          }),
          () => done,
        ),
      return: async () => (left.abort(), done),
    }
  }
  get #available() {
    return this.#values.size + (this.#senders.first ? 1 : 0)
  }
}
function closed() {
  return failure('JITNEY_CHANNEL_CLOSED', 'use Channel', 'it is closed')
}

// packages/jitney/dist/concurrency/timed-line.js
function timedLine({ limit: limit2, interval, clock }) {
  const grain = 2 ** (Math.ceil(Math.log2(limit2)) - 51),
    tick = 2 ** (Math.ceil(Math.log2(interval)) - 12),
    most = Math.ceil(limit2 / grain) * grain,
    amount2 = amountTo(limit2),
    takes = /* @__PURE__ */ new Map()
  let taken = 0,
    heldUntil = -1 / 0,
    now = 0
  const line = createLine(
      'take',
      () => {
        now = clock.now()
        for (const [until, weight] of takes) {
          if (until > now) break
          ;((taken -= weight), takes.delete(until))
        }
        return now < heldUntil ? -1 : most - taken
      },
      (weight) => {
        if (0 === weight) return
        taken += weight
        const until = Math.ceil((now + interval) / tick) * tick
        takes.set(until, (takes.get(until) ?? 0) + weight)
      },
      {
        weight(action2, name, value = 1) {
          const weight = amount2(action2, name, value)
          return weight - (weight % grain)
        },
      },
      () => {
        const [next = now] = takes.keys()
        alarm.set(line.first ? (now < heldUntil ? heldUntil : next) : 1 / 0)
      },
    ),
    alarm = new Alarm(clock, captureContext(), line.serve)
  return Object.assign(line, {
    r(duration) {
      ;((heldUntil = Math.max(heldUntil, clock.now() + duration)), line.serve())
    },
  })
}

// packages/jitney/dist/concurrency/rate-limiter.js
var amount = (action2, name, value) => aboveZero(action2, name, finite(action2, name, value))
var readOptions = /* @__PURE__ */ fields({
  limit: amount,
  interval: amount,
  of: /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(['batches', 'items', 'weight']), 'batches'),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
})
var RateLimiter = class {
  #line
  constructor(options) {
    ;(Object.assign(this, readOptions('create RateLimiter', 'options', options)),
      (this.#line = timedLine(this)))
  }
  get allowance() {
    return Math.min(this.limit, Math.max(0, this.#line.t()))
  }
  get queued() {
    return this.#line.e.size
  }
  take(options) {
    return this.#line.wait(options)
  }
  tryTake(weight) {
    return (
      void 0 !==
      this.#line.attempt({
        weight,
      })
    )
  }
  onAllowance(weight, serve) {
    return this.#line.onAllowance(weight, serve)
  }
  penalize(duration) {
    this.#line.r(amountTo(1 / 0)('penalize', 'duration', duration))
  }
}

// packages/jitney/dist/concurrency/semaphore.js
var Semaphore = class {
  #capacity = 0
  #active = 0
  #fits
  #line = createLine(
    'acquire',
    () => this.#capacity - this.#active,
    (weight) => {
      this.#active += weight
      let held = weight
      const release = () => {
        ;((this.#active -= held), (held = 0), this.#line.serve())
      }
      return {
        release,
        [Symbol.dispose]: release,
      }
    },
    {
      weight: (action2, name, value = 1) => this.#fits(action2, name, count(action2, name, value)),
    },
  )
  constructor(capacity) {
    this.capacity = capacity
  }
  get capacity() {
    return this.#capacity
  }
  set capacity(value) {
    ;((this.#capacity = countOrZero('set capacity', 'capacity', value)),
      (this.#fits = amountTo(value || 1 / 0)),
      this.#line.serve())
  }
  get active() {
    return this.#active
  }
  get queued() {
    return this.#line.e.size
  }
  acquire(options) {
    return this.#line.wait(options)
  }
  tryAcquire(options) {
    return this.#line.attempt(options)?.value
  }
  onAllowance(weight, serve) {
    return this.#line.onAllowance(weight, serve)
  }
}

// packages/jitney/dist/concurrency/only-followed.js
function onlyFollowed(signal, error) {
  try {
    return signal?.aborted && (error === signal.reason || 'AbortError' === error.name)
  } catch {
    return false
  }
}

// packages/jitney/dist/concurrency/map/pull-loop.js
function pullLoop(action2, source, fn, options = {}, isBuffered, slotOf, keep, onEnd, isSettled) {
  const isAsync = has(source, Symbol.asyncIterator) || !checkIterable(action2, 'source', source)
  ;(checkFunction(action2, 'fn', fn),
    checkOptions(
      action2,
      options,
      isBuffered ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal'],
    ))
  const { concurrency = 1 / 0, signal, buffer } = options
  ;(countOrShared(action2, 'concurrency', concurrency),
    void 0 !== signal && checkSignal(action2, 'signal', signal),
    void 0 !== buffer && countOrZero(action2, 'buffer', buffer),
    Array.isArray(source) && source.forEach(hush))
  const calls = [],
    free = [],
    errors = {}
  let iterator,
    unlisten,
    failure2,
    pulled = 0,
    inFlight = 0,
    running = 0,
    pulling = false,
    exhausted = false,
    stopped = false
  const mayPull = () => {
      if (pulling || exhausted || stopped) return false
      const room = Math.max(1, concurrency.capacity ?? concurrency)
      return inFlight < room && inFlight + loop.e < room + (buffer ?? (isBuffered ? room : 0))
    },
    close = async () => {
      if (exhausted || !iterator || (pulling && !isAsync)) return
      exhausted = true
      const awaited = pulling ? 0 : 1
      running += awaited
      try {
        await iterator.return?.()
      } catch (error) {
        failure2 ??= [error]
      }
      ;((running -= awaited), loop.t())
    },
    work = async () => {
      const place = free.pop() ?? calls.push(void 0) - 1
      for (; mayPull();) {
        let item
        pulling = true
        try {
          if (
            ((iterator ??= source[isAsync ? Symbol.asyncIterator : Symbol.iterator]()), !stopped)
          ) {
            const answer = iterator.next(),
              step = isAsync ? await answer : answer
            step.done ? (exhausted = true) : (item = step.value)
          }
        } catch (error) {
          ;((exhausted = true), (failure2 ??= [error]), loop.stop())
        }
        if (((pulling = false), hush(item), exhausted || stopped)) break
        const index = pulled
        ;((pulled += 1), (inFlight += 1))
        const slot = slotOf()
        isAsync && loop.t()
        const context = (calls[place] = new AbortController())
        let permit,
          value,
          called = 0
        try {
          ;('function' == typeof item?.then && (item = await item),
            (running += called = 1),
            concurrency.acquire &&
              (permit = await concurrency.acquire({
                signal: context.signal,
              })),
            stopped ||
              ((value = fn(item, index, context)),
              (value = await value),
              stopped ||
                keep(
                  slot,
                  isSettled
                    ? {
                        status: 'fulfilled',
                        value,
                      }
                    : value,
                )))
        } catch (reason) {
          ;(value || (await value),
            isSettled
              ? keep(slot, {
                  status: 'rejected',
                  reason,
                })
              : onlyFollowed(context.signal, reason) ||
                onlyFollowed(signal, reason) ||
                ((errors[index] = reason), loop.stop()))
        }
        ;(permit?.release(), (running -= called), (inFlight -= 1), concurrency.acquire && loop.t())
      }
      ;((calls[place] = void 0), free.push(place), loop.t())
    },
    loop = {
      e: 0,
      t() {
        for (
          signal &&
          !stopped &&
          ((unlisten ??= onAbort(signal, loop.stop)), signal.aborted && loop.stop());
          mayPull();
        )
          work()
        if (
          (exhausted && inFlight + loop.e === 0 && loop.stop(), stopped && (close(), 0 === running))
        ) {
          const all = Object.values(errors)
          ;((failure2 ??= all.length > 1 ? [new AggregateError(all, 'items failed')] : all),
            onEnd(failure2))
        }
      },
      stop() {
        if (!stopped) {
          ;((stopped = true), signal?.aborted && (failure2 ??= [signal.reason]), unlisten?.())
          for (const call of calls) call?.abort(signal?.reason)
          loop.t()
        }
      },
    }
  return loop
}
function hush(value) {
  value instanceof Promise && value.catch(() => {})
}

// packages/jitney/dist/concurrency/map/iterate.js
function iterate(action2, source, fn, options, inInputOrder) {
  const after = (one) =>
    (one.next ??= {
      e: void 0,
      t: void 0,
    })
  let failure2,
    place = {},
    asker = place,
    slot = place,
    isOver = false
  const open = () => (slot = after(slot)),
    loop = pullLoop(
      action2,
      source,
      fn,
      options,
      inInputOrder,
      inInputOrder ? open : () => {},
      (own = open(), value) => {
        ;((own.e = {
          done: false,
          value,
        }),
          (loop.e += 1),
          give())
      },
      (error) => {
        ;((failure2 = error), give())
      },
    ),
    give = () => {
      for (let own = place.next; own?.t; own = place.next) {
        const isReady = own.e && !isOver && !options?.signal?.aborted,
          step = isReady ? own.e : failure2 && end(failure2)
        if (!step) return
        ;((place = own), own.t(step), isReady && ((loop.e -= 1), loop.t()))
      }
    },
    end = async (errors) => {
      if (errors.length > 0 && !isOver) throw ((isOver = true), errors[0])
      return {
        done: true,
        value: void 0,
      }
    },
    next = () =>
      new Promise((resolve) => {
        ;(((asker = after(asker)).t = resolve), give(), loop.t())
      }),
    leave = () => ((isOver = true), loop.stop(), next())
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next,
    return: leave,
    async throw(error) {
      throw (await leave(), error)
    },
  }
}

// packages/jitney/dist/concurrency/map/as-completed.js
function asCompleted(source, fn, options) {
  return (
    'function' == typeof fn ||
      options ||
      ((options = fn), (fn = (thunk, _, context) => thunk(context))),
    iterate('call asCompleted', source, fn, options)
  )
}

// packages/jitney/dist/concurrency/limit.js
var hearing = {}
function limit(concurrency) {
  let most = count('limit', 'concurrency', concurrency),
    active = 0,
    queued = 0,
    first = {},
    last = first
  const enter = (resolve) => {
      ;((queued += 1), (last.t = resolve), (last = last.next = {}))
    },
    admit = () => {
      for (; active < most && first.next; first = first.next)
        ((queued -= 1), (active += 1), first.t?.())
    }
  return Object.defineProperties(
    async function limited(fn, ...args) {
      ;(checkFunction('limit', 'fn', fn),
        active < most ? (active += 1) : (hearing.wait?.(limited), await new Promise(enter)))
      try {
        const { call } = hearing
        return call ? await call(limited, () => fn(...args)) : await fn(...args)
      } finally {
        ;((active -= 1), admit())
      }
    },
    {
      active: {
        get: () => active,
      },
      queued: {
        get: () => queued,
      },
      concurrency: {
        get: () => most,
        set: (value) => {
          ;((most = count('limit', 'concurrency', value)), admit())
        },
      },
    },
  )
}

// packages/jitney/dist/concurrency/map/map.js
function map(source, fn, options) {
  return gather('call map', source, fn, options)
}
function mapSettled(source, fn, options) {
  return gather('call mapSettled', source, fn, options, true)
}
function gather(action2, source, fn, options, isSettled) {
  return new Promise((resolve, reject) => {
    const results = []
    pullLoop(
      action2,
      source,
      fn,
      options,
      false,
      () => results.push(void 0) - 1,
      (index, kept) => {
        results[index] = kept
      },
      (failure2) => {
        ;(failure2.forEach(reject), resolve(results))
      },
      isSettled,
    ).t()
  })
}

// packages/jitney/dist/concurrency/map/map-iterable.js
function mapIterable(source, fn, options) {
  return iterate('call mapIterable', source, fn, options, true)
}

// packages/jitney/dist/concurrency/timeout-error.js
var TimeoutError = class extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }
  code = 'JITNEY_TIMEOUT'
  constructor(timeout) {
    ;(super(`it took longer than ${timeout} ms`), (this.timeout = timeout))
  }
}

// packages/jitney/dist/concurrency/follow.js
function following(bounds) {
  const controller = new AbortController(),
    abort = (reason) => {
      controller.abort(reason)
    }
  return {
    signal: controller.signal,
    abort,
    t: follow(bounds, abort),
  }
}
function follow({ signal, timeout = 1 / 0, clock = systemClock }, abort) {
  const alarm = new Alarm(
    clock,
    (run) => run(),
    () => {
      abort(new TimeoutError(timeout))
    },
  )
  alarm.set(clock.now() + timeout)
  const heed = () => {
    abort(signal?.reason)
  }
  signal?.aborted && heed()
  const unlisten = signal && onAbort(signal, heed)
  return () => {
    ;(alarm.clear(), unlisten?.())
  }
}

// packages/jitney/dist/concurrency/wait.js
var readOptions2 = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero),
  signal: /* @__PURE__ */ optional(checkSignal),
  clock: /* @__PURE__ */ optional(isClock),
  until: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard('one of all, first, first-error', (value) =>
      ['all', 'first', 'first-error'].includes(value),
    ),
    'all',
  ),
})
var ends = /* @__PURE__ */ new WeakMap()
async function wait(tasks, options) {
  checkIterable('wait', 'tasks', tasks)
  const settings = readOptions2('wait', 'options', options),
    { until } = settings,
    done = /* @__PURE__ */ new Set(),
    waiting = new Set(tasks),
    leave = []
  await new Promise((finish) => {
    ;(leave.push(follow(settings, finish)), 0 === waiting.size && finish())
    for (const task of waiting) {
      const end = endOf(task),
        listener = () => {
          ;(waiting.delete(task),
            done.add(task),
            (0 === waiting.size || 'first' === until || (end.t && 'all' !== until)) && finish())
        }
      ;(end.add(listener), leave.push(() => end.delete(listener)), void 0 !== end.t && listener())
    }
  })
  for (const stop of leave) stop()
  return {
    done,
    waiting,
  }
}
function endOf(task) {
  const promise = has(task, 'then') ? task : task?.promise,
    known2 = ends.get(promise)
  if (known2) return known2
  const end = new Listeners(),
    settle = (hasFailed) => () => {
      ;((end.t = hasFailed), end.handleEvent())
    }
  return (
    has(promise, 'then')
      ? (ends.set(promise, end), promise.then(settle(false), settle(true)))
      : settle(false)(),
    end
  )
}

// packages/jitney/dist/concurrency/with-timeout.js
var readOptions3 = /* @__PURE__ */ fields({
  timeout: durationOrZero,
  signal: /* @__PURE__ */ optional(checkSignal),
  clock: /* @__PURE__ */ optional(isClock),
  fallback: (_action, _name, value) => value,
})
async function withTimeout(fn, options) {
  checkFunction('call withTimeout', 'fn', fn)
  const settings = readOptions3('call withTimeout', 'options', options),
    { signal: outer, fallback } = settings,
    { signal, t: leave } = following(settings)
  try {
    signal.throwIfAborted()
    const value = await fn({
      signal,
    })
    return (signal.throwIfAborted(), value)
  } catch (error) {
    if (!onlyFollowed(signal, error)) throw error
    if (void 0 === fallback || signal.reason === outer?.reason) throw signal.reason
    return fallback
  } finally {
    leave()
  }
}

// packages/jitney/dist/concurrency/task/task-group.js
var action = 'run task group'
var readOptions4 = /* @__PURE__ */ fields({
  signal: /* @__PURE__ */ optional(checkSignal),
  concurrency: /* @__PURE__ */ optional(countOrShared, 1 / 0),
  retain: /* @__PURE__ */ optional(/* @__PURE__ */ typed('boolean'), true),
})
var readTaskOptions = /* @__PURE__ */ fields({
  name: /* @__PURE__ */ optional(/* @__PURE__ */ typed('string')),
})
async function taskGroup(body, options) {
  checkFunction(action, 'body', body)
  const { signal: outer, concurrency, retain } = readOptions4(action, 'options', options),
    slots = 'number' == typeof concurrency ? new Semaphore(concurrency) : concurrency,
    {
      signal,
      abort,
      t: leave,
    } = following({
      signal: outer,
    })
  signal.throwIfAborted()
  const failures = /* @__PURE__ */ new Set(),
    tasks = /* @__PURE__ */ new Set()
  let change,
    wake,
    awaited = 0,
    spawned = 0,
    isOver = false,
    last = {},
    first = last
  const tell = () => {
    ;(wake?.(),
      (change = new Promise((resolve) => {
        wake = resolve
      })))
  }
  function stateAfter(error, heard, elsewhere) {
    return onlyFollowed(heard, error)
      ? 'aborted'
      : (elsewhere ||
          (failures.add(error),
          abort(
            Object.assign(failure('JITNEY_GROUP_ABORTED', action, 'a task failed'), {
              name: 'AbortError',
            }),
          )),
        'rejected')
  }
  function add(fn, settings, isBackground, report) {
    checkFunction(action, 'fn', fn)
    const { name = fn.name || `task ${spawned + 1}` } = readTaskOptions(action, 'options', settings)
    if (isOver) throw failure('JITNEY_GROUP_ENDED', action, 'it has ended')
    signal.throwIfAborted()
    const { signal: heard, abort: abortTask, t: leaveGroup } = following(group)
    let value, thrown, permit
    const task = {
      name,
      state: 'queued',
      result() {
        if ('fulfilled' === task.state) return value
        throw task.error()
      },
      error() {
        if (!tasks.has(task)) return thrown
        throw failure('JITNEY_TASK_NOT_ENDED', `read task '${name}'`, `it is ${task.state}`)
      },
      abort: abortTask,
    }
    ;(tasks.add(task),
      (spawned += 1),
      (task.promise = (async () => {
        ;(isBackground ||
          ((awaited += 1),
          (permit =
            slots.tryAcquire() ??
            (await slots.acquire({
              signal: heard,
            })))),
          heard.throwIfAborted(),
          (task.state = 'running'))
        return fn({
          signal: heard,
          started: (ready) => {
            ;(report?.(ready), (report = void 0))
          },
        })
      })()))
    const end = (state) => {
      ;((task.state = state),
        leaveGroup(),
        tasks.delete(task),
        isBackground ||
          ((awaited -= 1), (last.t = task), (last = last.next = {}), retain || (first = last)),
        tell(),
        permit?.release())
    }
    return (
      task.promise.then(
        (result2) => {
          ;((value = result2), end('fulfilled'))
        },
        (error) => {
          ;((thrown = error), end(stateAfter(error, heard, report)))
        },
      ),
      task
    )
  }
  tell()
  const group = {
    signal,
    spawn: add,
    start: function (fn, settings) {
      const promise = new Promise((resolve, reject) => {
        ;(async () => {
          throw (
            await add(fn, settings, false, resolve).promise,
            signal.throwIfAborted(),
            failure('JITNEY_TASK_NOT_STARTED', 'start task', 'it has ended')
          )
        })().catch((reason) => {
          ;(onlyFollowed(signal, reason) && promise.catch(() => {}), reject(reason))
        })
      })
      return promise
    },
    background: (fn, settings) => add(fn, settings, true),
    abort,
    stats() {
      const names = [...tasks].filter((task) => 'running' === task.state).map((task) => task.name)
      return Object.freeze({
        queued: tasks.size - names.length,
        running: names.length,
        ended: spawned - tasks.size,
        names,
      })
    },
    async *[Symbol.asyncIterator]() {
      let link = first
      for (; link.next || awaited > 0;)
        link.next ? (yield link.t, (link = link.next)) : await change
    },
  }
  let result
  try {
    result = await body(group)
  } catch (error) {
    stateAfter(error, signal)
  }
  for (; tasks.size > 0;) (0 === awaited && abort(), await change)
  if (((isOver = true), leave(), failures.size > 0))
    throw failure('JITNEY_GROUP_FAILED', action, `${failures.size} tasks failed`, failures)
  return (signal.reason === outer?.reason && signal.throwIfAborted(), result)
}
export {
  Channel,
  RateLimiter,
  Semaphore,
  asCompleted,
  limit,
  map,
  mapIterable,
  mapSettled,
  taskGroup,
  wait,
  withTimeout,
}
