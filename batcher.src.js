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
function refusal(action, name, allowed, value, code = 'JITNEY_WRONG_TYPE') {
  const Kind = 'JITNEY_OUT_OF_RANGE' === code ? RangeError : TypeError
  return Object.assign(
    Kind(`Cannot ${action}: '${name}' must be ${allowed}, received ${describe(value)}`),
    {
      code,
    },
  )
}

// packages/jitney/dist/platform/guards.js
var count = /* @__PURE__ */ guard('an integer of at least 1, or Infinity', isCount, 'number')
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
  return (action, name, value) => {
    if (fits(value)) return value
    throw refusal(
      action,
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
  return (action, name, value = fallback) => (void 0 === value ? value : given(action, name, value))
}
function fields(guards2) {
  const names = Object.keys(guards2)
  return (action, name, value = {}) => {
    checkOptions(action, value, names, name)
    const options = {}
    for (const field of names)
      options[field] = guards2[field](
        action,
        'options' === name ? field : `${name}.${field}`,
        value[field],
      )
    return options
  }
}
function several(one) {
  return (action, name, value) => Array.from([].concat(value), (each) => one(action, name, each))
}
function checkOptions(action, options, known, name = 'options') {
  if ('[object Object]' !== {}.toString.call(options))
    throw refusal(action, name, 'an object', options)
  for (const key in options)
    if (!known.includes(key))
      throw refusal(action, 'option', `one of ${known.join(', ')}`, key, 'JITNEY_UNKNOWN_OPTION')
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
    { wait: wait2 } = state,
    isOurTurn = state.p > 0
  wait2 && wait2.r > amountOf(entries, wait2.e) && leaveLine(state)
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
function checkProcessOptions(action, options) {
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
  isUsual || readAll(action, 'options', options)
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
  const known = state.f.get(signal) ?? begin(state, signal)
  ;(known.t.add(caller), (caller.n = known))
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
    let limit = maxBatchSize
    for (const { of, allowance } of rateLimit)
      ('items' === of && (limit = Math.min(limit, allowance)),
        'weight' === of && (left[0] = Math.min(left[0], allowance)))
    if (lane.size <= limit && 0 === weight.length) return this.#forget(lane)
    const entries = []
    let entry
    for (
      ;
      entries.length + 1 <= limit &&
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
function close(state, timeout, closed) {
  const alarm = alarmIn(state, timeout, () => {
    abort(state, new DOMException("'timeout' of close() passed", 'TimeoutError'))
  })
  ;(state.closed.push(() => {
    ;(alarm.clear(), atEndOfTurn(closed))
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
  for (const { of, limit } of settings.rateLimit)
    if ('weight' === of && void 0 !== first) first.max = Math.min(first.max, limit)
    else if ('weight' === of || limit < 1) {
      throw refusal(
        'create Batcher',
        'rateLimit',
        "at least 1, or of a given 'weight'",
        `${limit} of ${of}`,
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
      const outcome = {
          promise,
        },
        settle2 = () => {
          ;((outcome.e = true), tell())
        }
      ;(promise.then(settle2, settle2), outcomes.push(outcome))
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
export { Batcher2 as Batcher }
