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
function fields(guards2) {
  const names = Object.keys(guards2)
  return (action2, name, value = {}) => {
    checkOptions(action2, value, names, name)
    const options = {}
    for (const field of names)
      options[field] = guards2[field](
        action2,
        'options' === name ? field : `${name}.${field}`,
        value[field],
      )
    return options
  }
}
function several(one) {
  return (action2, name, value) => Array.from([].concat(value), (each) => one(action2, name, each))
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

// packages/jitney/dist/platform/message-of.js
function messageOf(thrown) {
  return describe(thrown).replace(/^Error: /, '')
}

// packages/jitney/dist/batcher/errors.js
var BatchError = class extends Error {
  static {
    this.prototype.name = 'BatchError'
  }
  code = 'JITNEY_BATCH_FAILED'
}
var BatchAbortedError = class extends Error {
  static {
    this.prototype.name = 'BatchAbortedError'
  }
  code = 'JITNEY_BATCH_ABORTED'
}
var BatchTimeoutError = class extends Error {
  static {
    this.prototype.name = 'BatchTimeoutError'
  }
  code = 'JITNEY_BATCH_TIMEOUT'
  started = true
}
var BatcherClosedError = class extends Error {
  static {
    this.prototype.name = 'BatcherClosedError'
  }
  code = 'JITNEY_BATCHER_CLOSED'
  started = false
}
var QueueFullError = class extends Error {
  static {
    this.prototype.name = 'QueueFullError'
  }
  code = 'JITNEY_QUEUE_FULL'
}

// packages/jitney/dist/batcher/entry.js
function moveTo(place, entry) {
  ;(entry.n ?? entry.t) && (entry.a = place)
}
var gone = {}
function isWaiting(entry) {
  return void 0 !== entry.resolve
}
function settle(entry, result) {
  const { resolve, n: ticket } = entry
  return (
    void 0 !== resolve &&
    ((entry.resolve = void 0),
    (entry.item = void 0),
    void 0 !== ticket && ((entry.n = void 0), ticket.release(entry)),
    resolve(result),
    true)
  )
}

// packages/jitney/dist/batcher/callers/callers.js
function failItem(state, run, entry, error) {
  run.n ??= /* @__PURE__ */ new WeakSet()
  const isShared = entry.t?.size > 1 || run.n.has(error)
  ;(run.n.add(Object(error)),
    reject(state, [entry], () =>
      isShared
        ? errorOf(state, BatchError, {
            cause: error,
          })
        : error,
    ))
}
function failBatch(state, run, entries, cause) {
  reject(state, entries, () =>
    errorOf(
      state,
      BatchError,
      {
        cause,
      },
      void 0,
      run,
    ),
  )
}
function giveUp(state, entries) {
  const why = `not done after ${state.t.retry.attempts} attempts`
  reject(state, entries, () => errorOf(state, BatchError, {}, why))
}
function timeoutError(state, run) {
  const { timeout } = state.t
  return errorOf(
    state,
    BatchTimeoutError,
    {
      timeout,
    },
    `it took longer than ${timeout} ms`,
    run,
  )
}
function reject(state, entries, errorFor) {
  for (const entry of entries) {
    for (const caller of entry.t ?? [entry]) {
      if (!isWaiting(caller)) continue
      const error = errorFor(entry)
      ;((state.s.rejected += 1),
        void 0 !== caller.stack && showCall(caller.stack, error),
        settleWith(caller, error))
    }
    ;(entry.t?.clear(), settle(entry, void 0))
  }
}
function settleWith(caller, error) {
  settle(caller, Promise.reject(error))
}
function errorOf(state, Kind, details, why = messageOf(details.cause), run) {
  const { name } = state.t,
    what = run ? `batch of ${run.size}` : 'item',
    of = void 0 === name ? '' : ` of '${name}'`
  return Object.assign(new Kind(`Cannot process ${what}${of}: ${why}`, details), details)
}
function showCall(stack, error) {
  try {
    error.stack.includes(calledFrom) || (error.stack += stack.replace('Error', calledFrom))
  } catch {}
}
var calledFrom = '\n    called from'

// packages/jitney/dist/batcher/departure/sharing.js
function slotsOf({ t: { concurrency } }) {
  return 'number' == typeof concurrency ? concurrency : 1 / 0
}
function permitFor(state, entries) {
  const { concurrency, rateLimit } = state.t,
    { wait: wait3 } = state,
    isOurTurn = state.p > 0
  wait3 && wait3.r > amountOf(entries, wait3.e) && leaveLine(state)
  for (const rate of rateLimit) {
    const need = amountOf(entries, rate)
    if (!isOurTurn || !rate.tryTake(0) || rate.allowance < need) return waitFor(state, rate, need)
  }
  return 'number' == typeof concurrency
    ? state.i.size < concurrency && {}
    : (isOurTurn && concurrency.tryAcquire()) || waitFor(state, concurrency, 1)
}
function leaveLine(state) {
  ;(state.wait?.t(), (state.wait = void 0))
}
function waitFor(state, gate, need) {
  state.wait?.e !== gate &&
    (leaveLine(state),
    (state.wait = {
      e: gate,
      r: need,
      t: gate.onAllowance(need, () => {
        ;((state.wait = void 0), (state.p = 1), state.update(true), (state.p = 1 / 0))
      }),
    }))
}
function amountOf(entries, { of }) {
  return 'items' === of
    ? entries.length
    : 'weight' !== of
      ? 1
      : entries.reduce((sum, { s: weights }) => sum + weights[0], 0)
}

// packages/jitney/dist/batcher/queue/holding.js
function isFlushed(state, entry) {
  return entry.r <= state.m
}
function enqueue(state, entries) {
  for (const entry of entries) (moveTo(state.n, entry), state.n.push(entry))
}

// packages/jitney/dist/batcher/queue/joints.js
function beginJoint(state, caller, key) {
  const byKey = state.d.get(caller.key) ?? /* @__PURE__ */ new Map(),
    callers = /* @__PURE__ */ new Set(),
    joint = {
      ...caller,
      t: callers,
      n: void 0,
      resolve(result) {
        ;(byKey.delete(key),
          0 === byKey.size && state.d.delete(caller.key),
          (state.s.fulfilled += Math.max(0, callers.size - 1)))
        for (const sharer of callers) settle(sharer, result)
      },
    }
  return (state.d.set(caller.key, byKey.set(key, joint)), share(joint, caller), joint)
}
function share(joint, caller) {
  ;((caller.item = void 0), (caller.f = joint), joint.t?.add(caller))
}

// packages/jitney/dist/batcher/queue/admission.js
function roomLeft(state) {
  return state.t.maxQueueSize - state.n.size + state.n.r
}
function admit(state, caller, key) {
  const { dedupeKey, maxQueueSize, overflow } = state.t,
    isOpen = 'open' === state.e,
    joint = isOpen && state.d.get(caller.key)?.get(key),
    left = roomLeft(state)
  if (!isOpen || (!joint && left <= 0 && 'reject' === overflow)) {
    state.s.refused += 1
    return settleWith(
      caller,
      isOpen
        ? errorOf(
            state,
            QueueFullError,
            {
              maxQueueSize,
            },
            `'maxQueueSize' of ${maxQueueSize} is reached`,
          )
        : errorOf(state, BatcherClosedError, {}, 'it is closed'),
    )
  }
  if (joint) return share(joint, caller)
  const entry = dedupeKey ? beginJoint(state, caller, key) : caller,
    place = left > 0 ? state.n : state.a
  ;(moveTo(place, entry),
    (place.push(entry) || 1 === left) && state.i.size < slotsOf(state) && state.update())
}
function advance(state) {
  for (; state.a.size > 0 && roomLeft(state) > 0;) {
    const entry = state.a.first
    ;(state.a.e(entry), enqueue(state, [entry]))
  }
}

// packages/jitney/dist/batcher/call-options.js
var readAll = /* @__PURE__ */ fields({
  signal: /* @__PURE__ */ optional(checkSignal),
  priority: /* @__PURE__ */ optional(finite),
})
function checkProcessOptions(action2, options) {
  let isUsual = void 0 === options
  for (const name in options) {
    const value = options[name]
    if (
      ((isUsual =
        'signal' === name
          ? value instanceof AbortSignal
          : 'priority' === name && Number.isFinite(value)),
      !isUsual)
    )
      break
  }
  isUsual || readAll(action2, 'options', options)
}
var readCloseOptions = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero, 1 / 0),
})

// packages/jitney/dist/platform/builtin.js
function builtin(name) {
  const { process } = globalThis
  return process?.getBuiltinModule?.(name)
}

// packages/jitney/dist/platform/diagnostics.js
var channels = builtin('node:diagnostics_channel')
var tracing = channels?.tracingChannel?.('jitney:batch')
var abandonments = channels?.channel('jitney:batch:abandoned')
var log = builtin('node:util')?.debuglog('jitney')

// packages/jitney/dist/batcher/run/runs.js
var allLeft = AbortSignal.abort().reason
function abandon(run, reason) {
  const { entries, message } = run
  if (message && !run.abandoned) {
    for (; run.o < entries.length; run.o += 1) if (isWaiting(entries[run.o])) return
    ;((run.abandoned = true),
      run.r?.clear(),
      abandonments?.publish(message),
      stop(run, reason),
      (run.entries = entries.map((entry) => (entry.attempts ? entry : gone))))
  }
}
function stop({ entries, i: abortion }, reason) {
  abortion.abort(reason)
  for (const entry of entries) entry.i?.abort(reason)
}
function end(state, run) {
  ;(state.i.delete(run),
    run.r?.clear(),
    run.s?.(),
    (run.entries = []),
    run.f.release?.(),
    state.update())
}

// packages/jitney/dist/batcher/callers/caller-signals.js
function watch(state, signal, caller) {
  const known2 = state.f.get(signal) ?? begin(state, signal)
  ;(known2.t.add(caller), (caller.n = known2))
}
function begin(state, signal) {
  const callers = /* @__PURE__ */ new Set(),
    leave = () => {
      const left = []
      for (const caller of callers) {
        ;((state.s.aborted += 1), settleWith(caller, signal.reason))
        const { f: entry = caller } = caller
        ;(entry.t?.delete(caller),
          entry.t?.size || (settle(entry, void 0), entry.a?.e(entry), left.push(entry)))
      }
      advance(state)
      for (const entry of left) (abandon(entry.a, allLeft), entry.i?.abort(signal.reason))
      state.update()
    },
    begun = {
      t: callers,
      release(caller) {
        ;(callers.delete(caller),
          callers.size > 0 ||
            (signal.removeEventListener('abort', leave),
            state.f.delete(signal),
            0 === state.f.size && (state.f = /* @__PURE__ */ new Map())))
      },
    }
  return (signal.addEventListener('abort', leave), state.f.set(signal, begun), begun)
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

// packages/jitney/dist/policy/departure.js
function nextDeparture(state) {
  const { maxQueueTime, oldestArrival } = state
  const urgent = state.full ? 'size' : state.asked
  if (urgent) return { at: -Infinity, reason: urgent }
  if (maxQueueTime === 'adaptive')
    return { at: oldestArrival, reason: state.active ? 'slot' : 'idle' }
  return { at: oldestArrival + maxQueueTime, reason: 'time' }
}

// packages/jitney/dist/platform/turn.js
function atEndOfTurn(callback) {
  inPromiseJob(() => {
    const { process, setImmediate = setTimeout } = globalThis
    ;(process?.nextTick ?? setImmediate)(callback)
  })
}
function endOfTurn() {
  return new Promise(atEndOfTurn)
}
function inPromiseJob(callback) {
  Promise.resolve().then(callback)
}

// packages/jitney/dist/batcher/run/context.js
var Context = class {
  #run
  #entries
  constructor(run, reason) {
    ;((this.key = run.entries[0]?.key), (this.reason = reason), (this.#run = run))
  }
  get signal() {
    return this.#run.i.signal
  }
  get entries() {
    return (this.#entries ??= this.#run.entries.map((entry) => describe2(entry, this.signal)))
  }
}
var last = 0
function describe2(entry, { aborted, reason }) {
  const abortion = new AbortController(),
    { signal } = abortion,
    { id = `${(last += 1)}-${Math.random()}`, attempts = 0 } = entry
  return (
    isWaiting(entry) &&
      Object.assign(entry, {
        id,
        i: abortion,
      }),
    (!aborted && isWaiting(entry)) || abortion.abort(reason),
    {
      id,
      attempt: attempts + 1,
      signal,
    }
  )
}

// packages/jitney/dist/batcher/outcome.js
var brand = /* @__PURE__ */ Symbol.for('jitney.outcome')
var outcome = {
  value: (value) => ({
    [brand]: 'value',
    content: value,
  }),
  error: (error) => ({
    [brand]: 'error',
    content: error,
  }),
  retry: (options) => {
    const { after } = readRetry('retry item', 'options', options)
    return {
      [brand]: 'retry',
      content: after,
    }
  },
}
var readRetry = /* @__PURE__ */ fields({
  after: /* @__PURE__ */ optional(durationOrZero, 0),
})
function kindOf(value) {
  return value?.[brand]
}

// packages/jitney/dist/batcher/state.js
function placesOf(state) {
  return [state.n, state.a, ...state.c, ...state.l]
}
function queuedIn(state) {
  return placesOf(state).reduce((sum, { size }) => sum + size, -state.a.size)
}
function alarmIn(state, delay, ring) {
  const alarm = new Alarm(state.t.clock, state.y, ring)
  return (alarm.set(state.t.clock.now() + delay), alarm)
}

// packages/jitney/dist/batcher/run/group.js
function createGroup(state, groups, delay) {
  const entries = [],
    group = {
      size: 0,
      r: alarmIn(state, delay, () => {
        ;(enqueue(state, group.t()), state.update())
      }),
      get all() {
        return entries.filter(isWaiting)
      },
      add(entry) {
        ;(groups.add(group), entries.push(entry), moveTo(group, entry), (group.size += 1))
      },
      e() {
        ;((group.size -= 1), 0 === group.size && group.t())
      },
      t: () => (groups.delete(group), group.r.clear(), group.all),
    }
  return group
}

// packages/jitney/dist/batcher/run/recovery.js
function attemptsAfter({ t: settings }, error) {
  return holds(() => settings.retry.when(error)) ? settings.retry.attempts : 0
}
function recover(state, run, error) {
  const most = run.attempts ?? attemptsAfter(state, error),
    spent = run.entries.filter((entry) => isSpent(state, run, entry, most, 0))
  if (state.t.splitOnError && run.size > 1 && !isHopeless(error))
    for (const half of [spent.splice(0, Math.ceil(spent.length / 2)), spent]) {
      const group = createGroup(state, state.c, 1 / 0)
      for (const entry of half) group.add(entry)
    }
  else failBatch(state, run, spent, error)
}
function hurry(state) {
  for (const group of state.l) enqueue(state, group.t())
}
function isSpent(state, run, entry, most, after) {
  if (!isWaiting(entry)) return false
  state.flush = void 0
  const attempts = (entry.attempts = (entry.attempts ?? 0) + 1)
  if (attempts >= most) return true
  run.t ??= /* @__PURE__ */ new Map()
  let group = run.t.get(after)
  if (!state.l.has(group)) {
    const { minDelay, maxDelay } = state.t.retry,
      longest = Math.min(maxDelay, minDelay * 2 ** (attempts - 1)),
      delay = Math.max(after, Math.random() * longest || 0)
    ;((group = createGroup(state, state.l, 'open' === state.e ? delay : 0)),
      run.t.set(after, group))
  }
  return (group?.add(entry), false)
}
function isHopeless(error) {
  return holds(() => {
    const { name, status, statusCode } = Object(error)
    return /(Abort|Timeout)Error$/.test(name) || [status, statusCode].includes(429)
  })
}
function holds(condition) {
  try {
    return true === condition()
  } catch {
    return false
  }
}

// packages/jitney/dist/batcher/run/delivery.js
async function wait(state, run, call, index) {
  run.open += 1
  try {
    const value = await call()
    void 0 === index ? deliver(state, run, value) : take(state, run, index, value)
  } catch (error) {
    void 0 === index
      ? recover(state, run, error)
      : failItem(state, run, run.entries[index] ?? gone, error)
  }
  ;((run.open -= 1),
    (run.t = void 0),
    0 === run.open ? end(state, run) : (abandon(run, allLeft), run.abandoned && state.update()))
}
function deliver(state, run, returned) {
  const { entries, size } = run,
    results = Array.isArray(returned) || ArrayBuffer.isView(returned) ? returned : []
  if (void 0 !== returned && results.length !== size) {
    const error = refusal(
      'take results',
      'results',
      `an array of ${size} outcomes, or undefined`,
      returned,
      'JITNEY_WRONG_RESULT',
    )
    failBatch(state, run, entries, error)
  }
  const count2 = Math.max(size, results.length)
  for (let index = 0; index < count2; index += 1) {
    const entry = entries[index] ?? gone
    try {
      const result = results[index]
      'object' == typeof result || 'function' == typeof result
        ? take(state, run, index, result)
        : settle(entry, result) && (state.s.fulfilled += 1)
    } catch (error) {
      failItem(state, run, entry, error)
    }
  }
}
function take(state, run, index, result) {
  const entry = run.entries[index] ?? gone,
    kind = kindOf(result),
    content = kind ? result.content : result
  if ('error' === kind || result instanceof Error) failItem(state, run, entry, content)
  else if ('retry' === kind) {
    const { rateLimit, retry } = state.t,
      after = content
    if (after < 1 / 0) for (const rate of rateLimit) rate.penalize(after)
    ;((run.entries[index] = gone),
      isSpent(state, run, entry, retry.attempts, after) && giveUp(state, [entry]))
  } else if (has(content, 'then')) {
    wait(
      state,
      run,
      async () =>
        kind
          ? {
              ...result,
              content: await content,
            }
          : content,
      index,
    )
  } else settle(entry, content) && (state.s.fulfilled += 1)
}

// packages/jitney/dist/batcher/run/launch.js
function start(state, entries, reason, permit) {
  const { batcher, s: counts, t: settings } = state,
    { clock, name, timeout } = settings,
    run = {
      f: permit,
      i: new AbortController(),
      entries,
      o: 0,
      size: 0,
      open: 0,
      e() {
        run.a = true
      },
    }
  if (((state.flush = void 0), state.f.size > 0)) for (const entry of entries) moveTo(run, entry)
  state.i.add(run)
  const launch = () => {
    const startTime = clock.now()
    ;(run.a || 'closed' === state.e) && (run.entries = run.entries.filter(isWaiting))
    const size = (run.size = run.entries.length)
    if (0 === size) return end(state, run)
    let oldest = startTime
    for (const { o: arrival } of run.entries) oldest = Math.min(oldest, arrival.t)
    const message = {
        batcher,
        name,
        reason,
        size,
        queueTime: startTime - oldest,
      },
      takeTime = () => (message.duration = clock.now() - startTime)
    ;((run.message = message),
      (run.s = () => {
        ;((counts.totalDuration += takeTime()),
          log?.('%j', {
            ...message,
            batcher: void 0,
          }))
      }),
      (counts.batches += 1),
      (counts.items += size),
      (run.r = alarmIn(state, timeout, () => {
        const error = timeoutError(state, run),
          most = (run.attempts = attemptsAfter(state, error)),
          spent = run.entries.filter(({ attempts = 0 }) => attempts + 1 >= most)
        ;(reject(state, spent, () => timeoutError(state, run)),
          abandon(run, error),
          stop(run, error),
          state.update())
      })))
    const context = new Context(run, reason),
      call = () =>
        state.batchFunction(
          run.entries.map(({ item }) => item),
          context,
        ),
      traced = async () => {
        try {
          return await call()
        } finally {
          takeTime()
        }
      }
    wait(state, run, () =>
      tracing?.hasSubscribers ? tracing.tracePromise(traced, message) : call(),
    )
  }
  inPromiseJob(() => {
    state.y(launch)
  })
}

// packages/jitney/dist/batcher/departure/turns.js
function arrivalOf(state) {
  return (
    state.o ||
      ((state.o = {
        t: state.t.clock.now(),
      }),
      atEndOfTurn(() => {
        ;((state.o = void 0), state.update(true))
      })),
    state.o
  )
}

// packages/jitney/dist/batcher/departure/departures.js
function dispatch(state, turnEnded) {
  let sent
  do {
    sent = sendNext(state, turnEnded)
  } while (sent)
  void 0 === sent && leaveLine(state)
}
function sendNext(state, turnEnded) {
  const { n: lanes, u: paused, t: settings } = state
  for (const half of state.c)
    if (!paused || half.all.some((entry) => isFlushed(state, entry)))
      return send(state, 'split', half.all, () => half.t())
  let sent,
    next = 1 / 0,
    active = state.i.size
  for (const which of ['byAge', 'ready']) {
    const lane = active < slotsOf(state) ? lanes[which].first : void 0
    if (!lane) continue
    const { t: oldest } = lane,
      isAsked = isFlushed(state, oldest)
    if (paused && !isAsked) continue
    const { at, reason } = nextDeparture({
      full: !paused && (lane.full || roomLeft(state) <= 0),
      asked: 'open' === state.e ? (isAsked ? 'flush' : lane.r ? 'retry' : void 0) : 'close',
      oldestArrival: oldest.o.t,
      maxQueueTime: settings.maxQueueTime,
      active,
    })
    if (at <= oldest.o.t || (at < 1 / 0 && at <= settings.clock.now())) {
      if (turnEnded || at === -1 / 0)
        return send(state, reason, [lane.first], () => lanes.take(lane))
      ;((sent = false), oldest.o !== arrivalOf(state) && (active += 1))
    } else next = Math.min(next, at)
  }
  return (state.g.set(next), sent)
}
function send(state, reason, first, take2) {
  state.g.clear()
  const permit = permitFor(state, first)
  if (permit) {
    const entries = take2()
    for (const rate of state.t.rateLimit) rate.tryTake(amountOf(entries, rate))
    ;((state.p -= 1), start(state, entries, reason, permit), advance(state))
  }
  return Boolean(permit)
}

// packages/jitney/dist/batcher/queue/ages.js
var Ages = class extends Set {
  t = []
  get first() {
    let lane
    for (; this.size > 0 && !this.has((lane = this.t.at(-1)));)
      this.t.pop() || (this.t = [...this].sort((one, other) => other.t.r - one.t.r))
    return lane
  }
}

// packages/jitney/dist/batcher/queue/queue.js
var Queue = class {
  size = 0
  #entries = []
  #head = 0
  get first() {
    for (; ; this.#head += 1) {
      const entry = this.#entries[this.#head]
      if (!entry || isWaiting(entry)) return entry
    }
  }
  get all() {
    return (
      this.#head > 0 && (this.#entries = this.#entries.slice(this.#head)),
      (this.#head = 0),
      this.#entries.length > this.size && (this.#entries = this.#entries.filter(isWaiting)),
      this.#entries
    )
  }
  push(entry) {
    ;(this.#entries.push(entry), (this.size += 1))
  }
  e(entry) {
    ;((this.size -= 1),
      entry === this.#entries[this.#head] && (this.#head += 1),
      this.#entries.length > 2 * this.size + 64 && this.all)
  }
  clear() {
    const { all } = this
    return ((this.#entries = []), (this.size = 0), all)
  }
}

// packages/jitney/dist/batcher/queue/lane.js
var Lane = class extends Queue {
  key
  r = 0
  #lanes
  #left
  #least = 1 / 0
  #isSorted
  #oldest
  constructor(key, lanes) {
    ;(super(),
      (this.key = key),
      (this.#lanes = lanes),
      (this.#left = lanes.t.weight.map(({ max }) => 0.999999999 * max)))
  }
  get full() {
    return this.size >= this.#lanes.t.maxBatchSize || this.#least <= 0
  }
  get first() {
    return (
      false === this.#isSorted && ((this.#isSorted = true), this.all.sort(byRank)), super.first
    )
  }
  get t() {
    return (this.#oldest ??=
      void 0 === this.#isSorted
        ? this.first
        : this.all.reduce((one, other) => (one.r < other.r ? one : other)))
  }
  push(entry) {
    ;(super.push(entry),
      (entry.priority || entry.attempts || this.#isSorted) && (this.#isSorted = false),
      this.#count(entry, 1))
  }
  e(entry) {
    ;(super.e(entry), this.#count(entry, -1))
  }
  clear() {
    return (
      (this.#lanes.size -= this.size),
      (this.#lanes.r -= this.r),
      (this.key = this.#oldest = void 0),
      super.clear()
    )
  }
  #count(entry, sign) {
    const { attempts } = entry
    ;((this.#lanes.size += sign),
      entry.s && (weigh(this.#left, entry.s, sign), (this.#least = Math.min(...this.#left))),
      attempts && ((this.r += sign), (this.#lanes.r += sign)),
      (attempts || entry === this.#oldest) && (this.#oldest = void 0))
  }
}
function weigh(left, weights, sign) {
  weights.forEach((weight, of) => {
    left[of] = left[of] - sign * weight
  })
}
function byRank(one, other) {
  return rankOf(one) - rankOf(other) || one.r - other.r
}
function rankOf({ attempts, priority = 0, o: arrival }) {
  return attempts ? -1 / 0 : arrival.t - 1e3 * priority
}

// packages/jitney/dist/batcher/queue/lanes.js
var Lanes = class {
  size = 0
  r = 0
  t
  #byKey = /* @__PURE__ */ new Map()
  byAge = new Ages()
  ready = new Ages()
  constructor(settings) {
    this.t = settings
  }
  get all() {
    return [...this.byAge].flatMap(({ all }) => all)
  }
  push(entry) {
    const { key, attempts } = entry
    let lane = this.#byKey.get(key)
    return (
      lane || ((lane = new Lane(key, this)), this.#byKey.set(key, lane), this.byAge.add(lane)),
      lane.push(entry),
      attempts && (this.byAge.t = []),
      this.#note(lane)
    )
  }
  e(entry) {
    const lane = this.#byKey.get(entry.key)
    ;(lane.e(entry), this.#move(lane))
  }
  take(lane) {
    const { maxBatchSize, rateLimit, weight } = this.t,
      left = weight.map(({ max }) => max)
    let limit2 = maxBatchSize
    for (const { of, allowance } of rateLimit)
      ('items' === of && (limit2 = Math.min(limit2, allowance)),
        'weight' === of && (left[0] = Math.min(left[0], allowance)))
    if (lane.size <= limit2 && 0 === weight.length) return this.#forget(lane)
    const entries = []
    let entry
    for (
      ;
      entries.length + 1 <= limit2 &&
      (entry = lane.first) &&
      (weigh(left, entry.s ?? [], 1), !left.some((each) => each < 0));
    )
      (lane.e(entry), entries.push(entry))
    return (this.#move(lane), entries)
  }
  i() {
    for (const lane of this.#byKey.values()) this.#move(lane)
  }
  #note(lane) {
    const { full, r: returned } = lane
    return (
      (full || returned > 0) &&
        !this.ready.has(lane) &&
        (this.ready.add(lane), (this.ready.t = [])),
      full
    )
  }
  #move(lane) {
    ;(this.byAge.delete(lane),
      this.ready.delete(lane),
      0 === lane.size
        ? this.#forget(lane)
        : (this.byAge.add(lane), (this.byAge.t = this.ready.t = []), this.#note(lane)))
  }
  #forget(lane) {
    return (
      this.byAge.delete(lane), this.ready.delete(lane), this.#byKey.delete(lane.key), lane.clear()
    )
  }
}

// packages/jitney/dist/batcher/callers/shutdown.js
function close(state, timeout, closed2) {
  const alarm = alarmIn(state, timeout, () => {
    abort(state, new DOMException("'timeout' of close() passed", 'TimeoutError'))
  })
  ;(state.closed.push(() => {
    ;(alarm.clear(), atEndOfTurn(closed2))
  }),
    'open' === state.e && ((state.e = 'closing'), (state.u = false), hurry(state)),
    state.update())
}
function abort(state, cause) {
  if ('closed' === state.e) return
  state.e = 'closed'
  const rejectAll = (entries, message) => {
    reject(state, entries, ({ attempts }) => {
      const started = Boolean(message ?? attempts)
      return errorOf(state, BatchAbortedError, {
        started,
        cause,
      })
    })
  }
  for (const place of placesOf(state)) {
    const { all } = place
    rejectAll(all)
    for (const entry of all) place.e(entry)
  }
  for (const { entries, message } of state.i) rejectAll(entries, message)
  for (const run of state.i) abandon(run, cause)
  state.update()
}
function announceEnd(state) {
  const queued = state.n.size + state.c.size + state.l.size
  if ((queued + state.i.size === 0 && release(state.h), 'closing' === state.e && 0 === queued)) {
    for (const { abandoned } of state.i) if (!abandoned) return
    state.e = 'closed'
  }
  'closed' === state.e && release(state.closed)
}
function release(waiters) {
  for (const tell of waiters.splice(0)) tell()
}

// packages/jitney/dist/batcher/create-state.js
function createState(batcher, batchFunction, settings) {
  const within = captureContext(),
    state = {
      batcher,
      batchFunction,
      t: settings,
      y: within,
      e: 'open',
      u: false,
      m: 0,
      r: 0,
      n: new Lanes(settings),
      a: new Queue(),
      d: /* @__PURE__ */ new Map(),
      f: /* @__PURE__ */ new Map(),
      l: /* @__PURE__ */ new Set(),
      c: /* @__PURE__ */ new Set(),
      i: /* @__PURE__ */ new Set(),
      g: new Alarm(settings.clock, within, () => {
        state.update(true)
      }),
      p: 1 / 0,
      h: [],
      closed: [],
      s: {
        fulfilled: 0,
        rejected: 0,
        aborted: 0,
        refused: 0,
        batches: 0,
        items: 0,
        totalDuration: 0,
      },
      update(turnEnded) {
        ;(dispatch(state, turnEnded), announceEnd(state))
      },
    }
  return state
}

// packages/jitney/dist/batcher/callers/flushing.js
async function flush(state) {
  const flushed = (state.flush = allSettled(state))
  ;(sendQueued(state),
    await flushed,
    state.flush === flushed && (state.flush = void 0),
    await endOfTurn())
}
function sendQueued(state) {
  ;((state.m = state.r), state.update())
}
function allSettled(state) {
  const last2 = state.flush,
    entries = placesOf(state).flatMap(({ all }) => all),
    others = last2 ? entries.filter(({ e: settled }) => !settled) : entries
  return Promise.all([last2, ...others.map(whenSettled)])
}
function whenSettled(entry) {
  return (entry.e ??= new Promise((settled) => {
    const { resolve } = entry
    entry.resolve = (result) => {
      ;(resolve?.(result), settled())
    }
  }))
}

// packages/jitney/dist/platform/clock.js
var systemClock = {
  now: () => performance.now(),
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => {
    clearTimeout(timer)
  },
}

// packages/jitney/dist/batcher/options.js
var keyOf = /* @__PURE__ */ optional(checkFunction)
var flag = /* @__PURE__ */ optional(/* @__PURE__ */ typed('boolean'), false)
var guards = {
  maxBatchSize: /* @__PURE__ */ optional(count, 100),
  maxQueueTime: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard(
      "milliseconds of at least 0, or 'adaptive'",
      (value) => 'adaptive' === value || isAtLeastZero(value),
      'number',
    ),
    'adaptive',
  ),
  concurrency: /* @__PURE__ */ optional(countOrShared, 1),
  maxQueueSize: /* @__PURE__ */ optional(count, 1 / 0),
  overflow: /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(['reject', 'wait']), 'reject'),
  weight: /* @__PURE__ */ optional(
    /* @__PURE__ */ several(
      /* @__PURE__ */ fields({
        of: checkFunction,
        max: aboveZero,
      }),
    ),
    [],
  ),
  batchKey: keyOf,
  dedupeKey: keyOf,
  timeout: /* @__PURE__ */ optional(aboveZero, 1 / 0),
  retry: /* @__PURE__ */ optional(
    /* @__PURE__ */ fields({
      attempts: count,
      minDelay: /* @__PURE__ */ optional(durationOrZero, 100),
      maxDelay: /* @__PURE__ */ optional(durationOrZero, 3e4),
      when: /* @__PURE__ */ optional(
        checkFunction,
        (error) => !(error instanceof BatchTimeoutError),
      ),
    }),
    {
      attempts: 3,
      when: () => false,
    },
  ),
  splitOnError: flag,
  rateLimit: /* @__PURE__ */ optional(
    /* @__PURE__ */ several(/* @__PURE__ */ having('a RateLimiter', 'penalize')),
    [],
  ),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
  name: /* @__PURE__ */ optional(/* @__PURE__ */ typed('string')),
  captureStacks: flag,
}
var readSettings = /* @__PURE__ */ fields(guards)
function readOptions(options) {
  const settings = readSettings('create Batcher', 'options', options),
    [first] = settings.weight
  for (const { of, limit: limit2 } of settings.rateLimit)
    if ('weight' === of && void 0 !== first) first.max = Math.min(first.max, limit2)
    else if ('weight' === of || limit2 < 1) {
      throw refusal(
        'create Batcher',
        'rateLimit',
        "at least 1, or of a given 'weight'",
        `${limit2} of ${of}`,
        'JITNEY_OUT_OF_RANGE',
      )
    }
  return settings
}

// packages/jitney/dist/batcher/process-iterable.js
function processIterable(state, source, signal, process) {
  const { concurrency, maxBatchSize, maxQueueSize } = state.t,
    { capacity = concurrency } = concurrency,
    ahead = Math.min(maxBatchSize * (capacity + 1), maxQueueSize, 1e4),
    stop2 = new AbortController(),
    outcomes = []
  let change,
    wake,
    asking = true
  const tell = () => {
      ;(wake?.(),
        (change = new Promise((resolve) => {
          wake = resolve
        })))
    },
    keep = (promise) => {
      const outcome2 = {
          promise,
        },
        settle2 = () => {
          ;((outcome2.e = true), tell())
        }
      ;(promise.then(settle2, settle2), outcomes.push(outcome2))
    },
    pull = async () => {
      try {
        for await (const item of source) {
          for (
            asking = false,
              keep(process(item, stop2.signal)),
              outcomes.length >= ahead && !outcomes[0]?.e && sendQueued(state);
            outcomes.length >= ahead && !stop2.signal.aborted;
          )
            await change
          if (stop2.signal.aborted) return
          asking = true
        }
      } catch (error) {
        keep(Promise.reject(error))
      }
      ;((asking = void 0), sendQueued(state), tell())
    },
    end2 = () => {
      ;(stop2.abort(signal?.reason), tell())
    }
  const generator = (async function* () {
      ;(signal?.throwIfAborted(), signal?.addEventListener('abort', end2), tell())
      const pulled = pull()
      try {
        for (; !stop2.signal.aborted;) {
          const [first] = outcomes
          if (first?.e) (outcomes.shift(), tell(), yield await first.promise)
          else {
            if (void 0 === asking && !first) return
            await change
          }
        }
        signal?.throwIfAborted()
      } finally {
        ;(signal?.removeEventListener('abort', end2),
          end2(),
          asking && (await endOfTurn()),
          asking || (await pulled))
      }
    })(),
    leave = generator.return.bind(generator)
  return ((generator.return = (value) => (end2(), leave(value))), generator)
}

// packages/jitney/dist/batcher/stats.js
function statsOf(state) {
  const now = state.t.clock.now()
  return Object.freeze({
    name: state.t.name,
    state: state.e,
    queued: queuedIn(state),
    waiting: state.a.size,
    active: state.i.size,
    abandoned: [...state.i].filter(({ abandoned }) => abandoned).length,
    oldestAge: now - (state.n.byAge.first?.t.o.t ?? now),
    ...state.s,
  })
}

// packages/jitney/dist/batcher/batcher.js
var Batcher = class {
  #state
  constructor(batchFunction, options) {
    ;(checkFunction('create Batcher', 'batchFunction', batchFunction),
      (this.#state = createState(this, batchFunction, readOptions(options))))
  }
  get maxBatchSize() {
    return this.#state.t.maxBatchSize
  }
  set maxBatchSize(value) {
    this.#change('maxBatchSize', value)
  }
  get maxQueueTime() {
    return this.#state.t.maxQueueTime
  }
  set maxQueueTime(value) {
    this.#change('maxQueueTime', value)
  }
  get concurrency() {
    return this.#state.t.concurrency
  }
  set concurrency(value) {
    this.#change('concurrency', value)
  }
  get state() {
    return this.#state.e
  }
  get queuedCount() {
    return queuedIn(this.#state)
  }
  get activeCount() {
    return this.#state.i.size
  }
  process(item, options) {
    return new Promise((resolve) => {
      const state = this.#state,
        { weight, batchKey, dedupeKey, captureStacks } = state.t
      void 0 !== options || weight.length || batchKey || dedupeKey || captureStacks
        ? this.#processWith(item, resolve, options)
        : admit(state, {
            item,
            resolve,
            o: arrivalOf(state),
            r: (state.r += 1),
          })
    })
  }
  async processAll(items, options) {
    return Promise.all(this.#processEach(items, options))
  }
  async processAllSettled(items, options) {
    return Promise.allSettled(this.#processEach(items, options))
  }
  processIterable(source, options) {
    return (
      has(source, Symbol.asyncIterator) || checkIterable('process items', 'source', source),
      checkProcessOptions('process items', options),
      processIterable(this.#state, source, options?.signal, (item, signal) =>
        this.process(item, {
          ...options,
          signal,
        }),
      )
    )
  }
  flush() {
    return flush(this.#state)
  }
  onIdle() {
    return new Promise((resolve) => {
      const state = this.#state
      ;(state.h.push(() => {
        atEndOfTurn(resolve)
      }),
        state.update())
    })
  }
  pause() {
    this.#hold(true)
  }
  resume() {
    this.#hold(false)
  }
  close(options) {
    return new Promise((resolve) => {
      close(this.#state, readCloseOptions('close Batcher', 'options', options).timeout, resolve)
    })
  }
  abort(reason = AbortSignal.abort().reason) {
    abort(this.#state, reason)
  }
  [Symbol.asyncDispose]() {
    return this.close()
  }
  stats() {
    return statsOf(this.#state)
  }
  #processWith(item, resolve, options) {
    checkProcessOptions('process item', options)
    const state = this.#state,
      { weight, batchKey, dedupeKey, captureStacks } = state.t,
      entry = {
        item,
        resolve,
        key: batchKey?.(item),
        s: weight.map(({ of, max }) => amountTo(max)('process item', 'weight', of(item))),
        priority: options?.priority,
        r: (state.r += 1),
        o: arrivalOf(state),
      },
      kind = dedupeKey?.(item),
      signal = options?.signal
    if (void 0 !== signal) {
      if (signal.aborted) throw signal.reason
      watch(state, signal, entry)
    }
    ;(captureStacks && Error.captureStackTrace?.(entry, this.process), admit(state, entry, kind))
  }
  #processEach(items, options) {
    return (
      checkIterable('process items', 'items', items),
      checkProcessOptions('process items', options),
      [...items].map((item) => this.process(item, options))
    )
  }
  #hold(paused) {
    const state = this.#state
    ;((state.u = paused && 'open' === state.e), state.update())
  }
  #change(name, value) {
    const state = this.#state
    ;((state.t[name] = guards[name](`set ${name}`, name, value)), state.n.i(), state.update())
  }
}

// packages/jitney/dist/batcher/constructor.js
var Batcher2 = Batcher

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
function createLine(action2, free, take2, guards2, onRest) {
  const read = fields({
      ...guards2,
      signal: optional(checkSignal),
    }),
    waiters = /* @__PURE__ */ new Map()
  let head = 0,
    tail = 0,
    serving = false
  const join = (weight, serve, reject2, signal) => {
      const place = (tail += 1),
        leave = () => {
          waiters.delete(place) &&
            (stop2?.(), signal?.aborted && reject2?.(signal.reason), line.serve())
        },
        stop2 = signal && onAbort(signal, leave)
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
        new Promise((resolve, reject2) => {
          const { weight = 1, signal } = read(action2, 'options', options),
            serve = () => {
              try {
                resolve(take2(weight, value))
              } catch (error) {
                reject2(error)
              }
            }
          ;(signal?.throwIfAborted(),
            weight <= line.t() ? serve() : join(weight, serve, reject2, signal))
        }),
      attempt(options, value) {
        const { weight = 1 } = read(action2, 'options', options)
        return weight <= line.t()
          ? {
              value: take2(weight, value),
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
        const last2 = tail
        for (let { first } = line; first && first.weight <= free(); { first } = line) {
          if (head > last2) {
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
var readOptions2 = /* @__PURE__ */ fields({
  limit: amount,
  interval: amount,
  of: /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(['batches', 'items', 'weight']), 'batches'),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
})
var RateLimiter = class {
  #line
  constructor(options) {
    ;(Object.assign(this, readOptions2('create RateLimiter', 'options', options)),
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
      const release2 = () => {
        ;((this.#active -= held), (held = 0), this.#line.serve())
      }
      return {
        release: release2,
        [Symbol.dispose]: release2,
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
    close2 = async () => {
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
          (exhausted && inFlight + loop.e === 0 && loop.stop(),
          stopped && (close2(), 0 === running))
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
          step = isReady ? own.e : failure2 && end2(failure2)
        if (!step) return
        ;((place = own), own.t(step), isReady && ((loop.e -= 1), loop.t()))
      }
    },
    end2 = async (errors) => {
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
    last2 = first
  const enter = (resolve) => {
      ;((queued += 1), (last2.t = resolve), (last2 = last2.next = {}))
    },
    admit2 = () => {
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
        ;((active -= 1), admit2())
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
          ;((most = count('limit', 'concurrency', value)), admit2())
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
  return new Promise((resolve, reject2) => {
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
        ;(failure2.forEach(reject2), resolve(results))
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
    abort2 = (reason) => {
      controller.abort(reason)
    }
  return {
    signal: controller.signal,
    abort: abort2,
    t: follow(bounds, abort2),
  }
}
function follow({ signal, timeout = 1 / 0, clock = systemClock }, abort2) {
  const alarm = new Alarm(
    clock,
    (run) => run(),
    () => {
      abort2(new TimeoutError(timeout))
    },
  )
  alarm.set(clock.now() + timeout)
  const heed = () => {
    abort2(signal?.reason)
  }
  signal?.aborted && heed()
  const unlisten = signal && onAbort(signal, heed)
  return () => {
    ;(alarm.clear(), unlisten?.())
  }
}

// packages/jitney/dist/concurrency/wait.js
var readOptions3 = /* @__PURE__ */ fields({
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
async function wait2(tasks, options) {
  checkIterable('wait', 'tasks', tasks)
  const settings = readOptions3('wait', 'options', options),
    { until } = settings,
    done = /* @__PURE__ */ new Set(),
    waiting = new Set(tasks),
    leave = []
  await new Promise((finish) => {
    ;(leave.push(follow(settings, finish)), 0 === waiting.size && finish())
    for (const task of waiting) {
      const end2 = endOf(task),
        listener = () => {
          ;(waiting.delete(task),
            done.add(task),
            (0 === waiting.size || 'first' === until || (end2.t && 'all' !== until)) && finish())
        }
      ;(end2.add(listener),
        leave.push(() => end2.delete(listener)),
        void 0 !== end2.t && listener())
    }
  })
  for (const stop2 of leave) stop2()
  return {
    done,
    waiting,
  }
}
function endOf(task) {
  const promise = has(task, 'then') ? task : task?.promise,
    known2 = ends.get(promise)
  if (known2) return known2
  const end2 = new Listeners(),
    settle2 = (hasFailed) => () => {
      ;((end2.t = hasFailed), end2.handleEvent())
    }
  return (
    has(promise, 'then')
      ? (ends.set(promise, end2), promise.then(settle2(false), settle2(true)))
      : settle2(false)(),
    end2
  )
}

// packages/jitney/dist/concurrency/with-timeout.js
var readOptions4 = /* @__PURE__ */ fields({
  timeout: durationOrZero,
  signal: /* @__PURE__ */ optional(checkSignal),
  clock: /* @__PURE__ */ optional(isClock),
  fallback: (_action, _name, value) => value,
})
async function withTimeout(fn, options) {
  checkFunction('call withTimeout', 'fn', fn)
  const settings = readOptions4('call withTimeout', 'options', options),
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
var readOptions5 = /* @__PURE__ */ fields({
  signal: /* @__PURE__ */ optional(checkSignal),
  concurrency: /* @__PURE__ */ optional(countOrShared, 1 / 0),
  retain: /* @__PURE__ */ optional(/* @__PURE__ */ typed('boolean'), true),
})
var readTaskOptions = /* @__PURE__ */ fields({
  name: /* @__PURE__ */ optional(/* @__PURE__ */ typed('string')),
})
async function taskGroup(body, options) {
  checkFunction(action, 'body', body)
  const { signal: outer, concurrency, retain } = readOptions5(action, 'options', options),
    slots = 'number' == typeof concurrency ? new Semaphore(concurrency) : concurrency,
    {
      signal,
      abort: abort2,
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
    last2 = {},
    first = last2
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
          abort2(
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
    const end2 = (state) => {
      ;((task.state = state),
        leaveGroup(),
        tasks.delete(task),
        isBackground ||
          ((awaited -= 1), (last2.t = task), (last2 = last2.next = {}), retain || (first = last2)),
        tell(),
        permit?.release())
    }
    return (
      task.promise.then(
        (result2) => {
          ;((value = result2), end2('fulfilled'))
        },
        (error) => {
          ;((thrown = error), end2(stateAfter(error, heard, report)))
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
      const promise = new Promise((resolve, reject2) => {
        ;(async () => {
          throw (
            await add(fn, settings, false, resolve).promise,
            signal.throwIfAborted(),
            failure('JITNEY_TASK_NOT_STARTED', 'start task', 'it has ended')
          )
        })().catch((reason) => {
          ;(onlyFollowed(signal, reason) && promise.catch(() => {}), reject2(reason))
        })
      })
      return promise
    },
    background: (fn, settings) => add(fn, settings, true),
    abort: abort2,
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
  for (; tasks.size > 0;) (0 === awaited && abort2(), await change)
  if (((isOver = true), leave(), failures.size > 0))
    throw failure('JITNEY_GROUP_FAILED', action, `${failures.size} tasks failed`, failures)
  return (signal.reason === outer?.reason && signal.throwIfAborted(), result)
}
export {
  BatchAbortedError,
  BatchError,
  BatchTimeoutError,
  Batcher2 as Batcher,
  BatcherClosedError,
  Channel,
  QueueFullError,
  RateLimiter,
  Semaphore,
  TimeoutError,
  asCompleted,
  limit,
  map,
  mapIterable,
  mapSettled,
  outcome,
  taskGroup,
  wait2 as wait,
  withTimeout,
}
