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
var checkFunction = /* @__PURE__ */ having('a function', 'call')
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
function checkOptions(action, options, known2, name = 'options') {
  if ('[object Object]' !== {}.toString.call(options))
    throw refusal(action, name, 'an object', options)
  for (const key in options)
    if (!known2.includes(key))
      throw refusal(action, 'option', `one of ${known2.join(', ')}`, key, 'JITNEY_UNKNOWN_OPTION')
}
function has(value, method) {
  return 'function' == typeof value?.[method]
}
function isCount(value) {
  return value === 1 / 0 || (Number.isSafeInteger(value) && value > 0)
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

// packages/jitney/dist/concurrency/only-followed.js
function onlyFollowed(signal, error) {
  try {
    return signal?.aborted && (error === signal.reason || 'AbortError' === error.name)
  } catch {
    return false
  }
}

// packages/jitney/dist/concurrency/map/pull-loop.js
function pullLoop(action, source, fn, options = {}, isBuffered, slotOf, keep, onEnd, isSettled) {
  const isAsync = has(source, Symbol.asyncIterator) || !checkIterable(action, 'source', source)
  ;(checkFunction(action, 'fn', fn),
    checkOptions(
      action,
      options,
      isBuffered ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal'],
    ))
  const { concurrency = 1 / 0, signal, buffer } = options
  ;(countOrShared(action, 'concurrency', concurrency),
    void 0 !== signal && checkSignal(action, 'signal', signal),
    void 0 !== buffer && countOrZero(action, 'buffer', buffer),
    Array.isArray(source) && source.forEach(hush))
  const calls = [],
    free = [],
    errors = {}
  let iterator,
    unlisten,
    failure,
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
        failure ??= [error]
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
          ;((exhausted = true), (failure ??= [error]), loop.stop())
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
          ;((failure ??= all.length > 1 ? [new AggregateError(all, 'items failed')] : all),
            onEnd(failure))
        }
      },
      stop() {
        if (!stopped) {
          ;((stopped = true), signal?.aborted && (failure ??= [signal.reason]), unlisten?.())
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
function iterate(action, source, fn, options, inInputOrder) {
  const after = (one) =>
    (one.next ??= {
      e: void 0,
      t: void 0,
    })
  let failure,
    place = {},
    asker = place,
    slot = place,
    isOver = false
  const open = () => (slot = after(slot)),
    loop = pullLoop(
      action,
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
        ;((failure = error), give())
      },
    ),
    give = () => {
      for (let own = place.next; own?.t; own = place.next) {
        const isReady = own.e && !isOver && !options?.signal?.aborted,
          step = isReady ? own.e : failure && end(failure)
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

// packages/jitney/dist/concurrency/map/map.js
function map(source, fn, options) {
  return gather('call map', source, fn, options)
}
function mapSettled(source, fn, options) {
  return gather('call mapSettled', source, fn, options, true)
}
function gather(action, source, fn, options, isSettled) {
  return new Promise((resolve, reject) => {
    const results = []
    pullLoop(
      action,
      source,
      fn,
      options,
      false,
      () => results.push(void 0) - 1,
      (index, kept) => {
        results[index] = kept
      },
      (failure) => {
        ;(failure.forEach(reject), resolve(results))
      },
      isSettled,
    ).t()
  })
}

// packages/jitney/dist/concurrency/map/map-iterable.js
function mapIterable(source, fn, options) {
  return iterate('call mapIterable', source, fn, options, true)
}
export { asCompleted, map, mapIterable, mapSettled }
