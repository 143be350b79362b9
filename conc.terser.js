function t(t, e, n, r, i = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === i ? RangeError : TypeError)(
      `Cannot ${t}: '${e}' must be ${n}, received ${((t) => {
        try {
          if ('string' == typeof t) return JSON.stringify(t.slice(0, 60))
          if ((Object(t) !== t && 'bigint' != typeof t) || t instanceof Error) return t + ''
          const { length: e } = t,
            n = {}.toString.call(t).slice(8, -1)
          return 'number' == typeof e ? `${n} of ${e}` : n
        } catch {
          return 'an object'
        }
      })(r)}`,
    ),
    { code: i },
  )
}
var e = f('an integer of at least 1, or Infinity', p, 'number'),
  n = f('an integer of at least 1, or Infinity, or 0', (t) => 0 === t || p(t), 'number'),
  r = f(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => p(t) || y(t, 'tryAcquire'),
    'number',
  ),
  i = f('a number above 0', (t) => E(t) && t > 0, 'number'),
  o = f('milliseconds of at least 0', E, 'number'),
  s = f('a finite number', (t) => Number.isFinite(t), 'number'),
  a = h('a function', 'call'),
  c = h('a Clock', 'clearTimeout'),
  l = h('an iterable', Symbol.iterator),
  u = h('an AbortSignal', 'addEventListener')
function f(e, n, r) {
  return (i, o, s) => {
    if (n(s)) return s
    throw t(i, o, e, s, typeof s === r ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function h(t, e) {
  return f(t, (t) => y(t, e))
}
function d(t) {
  return f('a ' + t, (e) => typeof e === t)
}
function w(t) {
  return f('one of ' + t.join(', '), (e) => t.includes(e), 'string')
}
function g(t, e) {
  return (n, r, i = e) => (void 0 === i ? i : t(n, r, i))
}
function b(t) {
  const e = Object.keys(t)
  return (n, r, i = {}) => {
    m(n, i, e, r)
    const o = {}
    for (const s of e) o[s] = t[s](n, 'options' === r ? s : `${r}.${s}`, i[s])
    return o
  }
}
function m(e, n, r, i = 'options') {
  if ('[object Object]' !== {}.toString.call(n)) throw t(e, i, 'an object', n)
  for (const i in n)
    if (!r.includes(i)) throw t(e, 'option', 'one of ' + r.join(', '), i, 'JITNEY_UNKNOWN_OPTION')
}
function v(t) {
  return f('a finite number from 0 to ' + t, (e) => E(e) && e <= t && e < 1 / 0, 'number')
}
function y(t, e) {
  return 'function' == typeof t?.[e]
}
function p(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
function E(t) {
  return 'number' == typeof t && t >= 0
}
var T = class {
  deadline = 1 / 0
  constructor(t, e, n) {
    let r
    this.set = (i) => {
      if (i === this.deadline) return
      if ((t.clearTimeout(r), (this.deadline = i), i === 1 / 0)) return
      const o = () => {
          const e = this.deadline
          ;(this.clear(), t.now() < e ? this.set(e) : n())
        },
        s = Math.min(Math.max(0, i - t.now()), 2 ** 31 - 1)
      r = e(() => t.setTimeout(o, s))
    }
  }
  clear() {
    this.set(1 / 0)
  }
}
function A(t) {
  Promise.resolve().then(t)
}
var I = {
  now: () => performance.now(),
  setTimeout: (t, e) => setTimeout(t, e),
  clearTimeout: (t) => {
    clearTimeout(t)
  },
}
function k(t, e, n, r) {
  const i = `Cannot ${e}: ${n}`
  return Object.assign(r ? new AggregateError(r, i) : Error(i), { code: t })
}
var O = new WeakMap()
function N(t, e) {
  const n = O.get(t) ?? new S()
  return (
    O.set(t, n),
    t.addEventListener('abort', n),
    n.add(e),
    () => {
      ;(n.delete(e), 0 === n.size && t.removeEventListener('abort', n))
    }
  )
}
var S = class extends Set {
  handleEvent() {
    for (const t of this) t()
  }
}
function _(t, e, n, r, i) {
  const o = b({ ...r, signal: g(u) }),
    s = new Map()
  let c = 0,
    l = 0,
    f = !1
  const h = (t, e, n, r) => {
      const o = (l += 1),
        a = () => {
          s.delete(o) && (c?.(), r?.aborted && n?.(r.reason), d.serve())
        },
        c = r && N(r, a)
      return (s.set(o, { weight: t, signal: r, serve: e, t: a }), i?.(), a)
    },
    d = {
      e: s,
      get first() {
        for (; s.size > 0;) {
          const t = s.get(c)
          if (t) {
            if (!t.signal?.aborted) return t
            t.t()
          } else c += 1
        }
      },
      t: () => (f || 0 === s.size ? e() : -1),
      wait: (e, r) =>
        new Promise((i, s) => {
          const { weight: a = 1, signal: c } = o(t, 'options', e),
            l = () => {
              try {
                i(n(a, r))
              } catch (t) {
                s(t)
              }
            }
          ;(c?.throwIfAborted(), a <= d.t() ? l() : h(a, l, s, c))
        }),
      attempt(e, r) {
        const { weight: i = 1 } = o(t, 'options', e)
        return i <= d.t() ? { value: n(i, r) } : void 0
      },
      onAllowance(e, n) {
        ;(a(t, 'serve', n), f || A(d.serve))
        const { weight: r = 1 } = o(t, 'options', { weight: e })
        return h(r, async () => n())
      },
      serve() {
        if (f) return
        f = !0
        const t = l
        for (let { first: n } = d; n && n.weight <= e(); { first: n } = d) {
          if (c > t) {
            ;(c % 1e4 == 0 ? setTimeout : A)(d.serve)
            break
          }
          ;(n.t(), n.serve())
        }
        ;((f = !1), i?.())
      },
    }
  return d
}
var x = class {
  capacity
  #t = new Map()
  #e = 0
  #n = 0
  #r = !1
  #i = _(
    'send',
    () => (this.#r ? 1 : this.capacity + (this.#o.first ? 1 : 0) - this.#t.size),
    (t, e) => {
      if (this.#r) throw M()
      ;(this.#t.set((this.#n += 1), e), this.#o.serve())
    },
  )
  #o = _(
    'receive',
    () => (this.#r ? 1 : this.#s),
    () => {
      if (0 === this.#s) throw M()
      const { first: t } = this.#i
      ;(t?.t(), t?.serve())
      const e = this.#t.get((this.#e += 1))
      return (this.#t.delete(this.#e), e)
    },
  )
  constructor(t = 0) {
    this.capacity = n('create Channel', 'capacity', t)
  }
  send(t, e) {
    return this.#i.wait(e, t)
  }
  receive(t) {
    return this.#o.wait(t)
  }
  trySend(t) {
    return void 0 !== this.#i.attempt({}, t)
  }
  tryReceive() {
    return this.#s > 0 ? this.#o.attempt() : void 0
  }
  close() {
    ;((this.#r = !0), this.#i.serve(), this.#o.serve())
  }
  [Symbol.asyncIterator]() {
    const t = new AbortController(),
      e = { signal: t.signal },
      n = { done: !0, value: void 0 }
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () =>
        this.receive(e).then(
          (t) => ({ done: !1, value: t }),
          () => n,
        ),
      return: async () => (t.abort(), n),
    }
  }
  get #s() {
    return this.#t.size + (this.#i.first ? 1 : 0)
  }
}
function M() {
  return k('JITNEY_CHANNEL_CLOSED', 'use Channel', 'it is closed')
}
var j = (t, e, n) => i(t, e, s(t, e, n)),
  z = b({
    limit: j,
    interval: j,
    of: g(w(['batches', 'items', 'weight']), 'batches'),
    clock: g(c, I),
  }),
  P = class {
    #a
    constructor(t) {
      ;(Object.assign(this, z('create RateLimiter', 'options', t)),
        (this.#a = (({ limit: t, interval: e, clock: n }) => {
          const r = 2 ** (Math.ceil(Math.log2(t)) - 51),
            i = 2 ** (Math.ceil(Math.log2(e)) - 12),
            o = Math.ceil(t / r) * r,
            s = v(t),
            a = new Map()
          let c = 0,
            l = -1 / 0,
            u = 0
          const f = _(
              'take',
              () => {
                u = n.now()
                for (const [t, e] of a) {
                  if (t > u) break
                  ;((c -= e), a.delete(t))
                }
                return u < l ? -1 : o - c
              },
              (t) => {
                if (0 === t) return
                c += t
                const n = Math.ceil((u + e) / i) * i
                a.set(n, (a.get(n) ?? 0) + t)
              },
              {
                weight(t, e, n = 1) {
                  const i = s(t, e, n)
                  return i - (i % r)
                },
              },
              () => {
                const [t = u] = a.keys()
                h.set(f.first ? (u < l ? l : t) : 1 / 0)
              },
            ),
            h = new T(
              n,
              (() => {
                const { process: t } = globalThis
                return t?.getBuiltinModule?.('node:async_hooks')
              })()?.AsyncLocalStorage.snapshot() ?? ((t) => t()),
              f.serve,
            )
          return Object.assign(f, {
            r(t) {
              ;((l = Math.max(l, n.now() + t)), f.serve())
            },
          })
        })(this)))
    }
    get allowance() {
      return Math.min(this.limit, Math.max(0, this.#a.t()))
    }
    get queued() {
      return this.#a.e.size
    }
    take(t) {
      return this.#a.wait(t)
    }
    tryTake(t) {
      return void 0 !== this.#a.attempt({ weight: t })
    }
    onAllowance(t, e) {
      return this.#a.onAllowance(t, e)
    }
    penalize(t) {
      this.#a.r(v(1 / 0)('penalize', 'duration', t))
    }
  },
  q = class {
    #c = 0
    #l = 0
    #u
    #a = _(
      'acquire',
      () => this.#c - this.#l,
      (t) => {
        this.#l += t
        let e = t
        const n = () => {
          ;((this.#l -= e), (e = 0), this.#a.serve())
        }
        return { release: n, [Symbol.dispose]: n }
      },
      { weight: (t, n, r = 1) => this.#u(t, n, e(t, n, r)) },
    )
    constructor(t) {
      this.capacity = t
    }
    get capacity() {
      return this.#c
    }
    set capacity(t) {
      ;((this.#c = n('set capacity', 'capacity', t)), (this.#u = v(t || 1 / 0)), this.#a.serve())
    }
    get active() {
      return this.#l
    }
    get queued() {
      return this.#a.e.size
    }
    acquire(t) {
      return this.#a.wait(t)
    }
    tryAcquire(t) {
      return this.#a.attempt(t)?.value
    }
    onAllowance(t, e) {
      return this.#a.onAllowance(t, e)
    }
  }
function J(t, e) {
  try {
    return t?.aborted && (e === t.reason || 'AbortError' === e.name)
  } catch {
    return !1
  }
}
function Y(t, e, i, o = {}, s, c, f, h, d) {
  const w = y(e, Symbol.asyncIterator) || !l(t, 'source', e)
  ;(a(t, 'fn', i), m(t, o, s ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal']))
  const { concurrency: g = 1 / 0, signal: b, buffer: v } = o
  ;(r(t, 'concurrency', g),
    void 0 !== b && u(t, 'signal', b),
    void 0 !== v && n(t, 'buffer', v),
    Array.isArray(e) && e.forEach($))
  const p = [],
    E = [],
    T = {}
  let A,
    I,
    k,
    O = 0,
    S = 0,
    _ = 0,
    x = !1,
    M = !1,
    j = !1
  const z = () => {
      if (x || M || j) return !1
      const t = Math.max(1, g.capacity ?? g)
      return S < t && S + q.e < t + (v ?? (s ? t : 0))
    },
    P = async () => {
      const t = E.pop() ?? p.push(void 0) - 1
      for (; z();) {
        let n
        x = !0
        try {
          if (((A ??= e[w ? Symbol.asyncIterator : Symbol.iterator]()), !j)) {
            const t = A.next(),
              e = w ? await t : t
            e.done ? (M = !0) : (n = e.value)
          }
        } catch (t) {
          ;((M = !0), (k ??= [t]), q.stop())
        }
        if (((x = !1), $(n), M || j)) break
        const r = O
        ;((O += 1), (S += 1))
        const o = c()
        w && q.t()
        const s = (p[t] = new AbortController())
        let a,
          l,
          u = 0
        try {
          ;('function' == typeof n?.then && (n = await n),
            (_ += u = 1),
            g.acquire && (a = await g.acquire({ signal: s.signal })),
            j ||
              ((l = i(n, r, s)),
              (l = await l),
              j || f(o, d ? { status: 'fulfilled', value: l } : l)))
        } catch (t) {
          ;(l || (await l),
            d
              ? f(o, { status: 'rejected', reason: t })
              : J(s.signal, t) || J(b, t) || ((T[r] = t), q.stop()))
        }
        ;(a?.release(), (_ -= u), (S -= 1), g.acquire && q.t())
      }
      ;((p[t] = void 0), E.push(t), q.t())
    },
    q = {
      e: 0,
      t() {
        for (b && !j && ((I ??= N(b, q.stop)), b.aborted && q.stop()); z();) P()
        if (
          (M && S + q.e === 0 && q.stop(),
          j &&
            ((async () => {
              if (M || !A || (x && !w)) return
              M = !0
              const t = x ? 0 : 1
              _ += t
              try {
                await A.return?.()
              } catch (t) {
                k ??= [t]
              }
              ;((_ -= t), q.t())
            })(),
            0 === _))
        ) {
          const t = Object.values(T)
          ;((k ??= t.length > 1 ? [new AggregateError(t, 'items failed')] : t), h(k))
        }
      },
      stop() {
        if (!j) {
          ;((j = !0), b?.aborted && (k ??= [b.reason]), I?.())
          for (const t of p) t?.abort(b?.reason)
          q.t()
        }
      },
    }
  return q
}
function $(t) {
  t instanceof Promise && t.catch(() => {})
}
function C(t, e, n, r, i) {
  const o = (t) => (t.next ??= { e: void 0, t: void 0 })
  let s,
    a = {},
    c = a,
    l = a,
    u = !1
  const f = () => (l = o(l)),
    h = Y(
      t,
      e,
      n,
      r,
      i,
      i ? f : () => {},
      (t = f(), e) => {
        ;((t.e = { done: !1, value: e }), (h.e += 1), d())
      },
      (t) => {
        ;((s = t), d())
      },
    ),
    d = () => {
      for (let t = a.next; t?.t; t = a.next) {
        const e = t.e && !u && !r?.signal?.aborted,
          n = e ? t.e : s && w(s)
        if (!n) return
        ;((a = t), t.t(n), e && ((h.e -= 1), h.t()))
      }
    },
    w = async (t) => {
      if (t.length > 0 && !u) throw ((u = !0), t[0])
      return { done: !0, value: void 0 }
    },
    g = () =>
      new Promise((t) => {
        ;(((c = o(c)).t = t), d(), h.t())
      }),
    b = () => ((u = !0), h.stop(), g())
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: g,
    return: b,
    async throw(t) {
      throw (await b(), t)
    },
  }
}
function R(t, e, n) {
  return (
    'function' == typeof e || n || ((n = e), (e = (t, e, n) => t(n))),
    C('call asCompleted', t, e, n)
  )
}
var D = {}
function L(t) {
  let n = e('limit', 'concurrency', t),
    r = 0,
    i = 0,
    o = {},
    s = o
  const c = (t) => {
      ;((i += 1), (s.t = t), (s = s.next = {}))
    },
    l = () => {
      for (; r < n && o.next; o = o.next) ((i -= 1), (r += 1), o.t?.())
    }
  return Object.defineProperties(
    async function t(e, ...i) {
      ;(a('limit', 'fn', e), r < n ? (r += 1) : (D.wait?.(t), await new Promise(c)))
      try {
        const { call: n } = D
        return n ? await n(t, () => e(...i)) : await e(...i)
      } finally {
        ;((r -= 1), l())
      }
    },
    {
      active: { get: () => r },
      queued: { get: () => i },
      concurrency: {
        get: () => n,
        set: (t) => {
          ;((n = e('limit', 'concurrency', t)), l())
        },
      },
    },
  )
}
function U(t, e, n) {
  return F('call map', t, e, n)
}
function G(t, e, n) {
  return F('call mapSettled', t, e, n, !0)
}
function F(t, e, n, r, i) {
  return new Promise((o, s) => {
    const a = []
    Y(
      t,
      e,
      n,
      r,
      !1,
      () => a.push(void 0) - 1,
      (t, e) => {
        a[t] = e
      },
      (t) => {
        ;(t.forEach(s), o(a))
      },
      i,
    ).t()
  })
}
function W(t, e, n) {
  return C('call mapIterable', t, e, n, !0)
}
var K = class extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }
  code = 'JITNEY_TIMEOUT'
  constructor(t) {
    ;(super(`it took longer than ${t} ms`), (this.timeout = t))
  }
}
function B(t) {
  const e = new AbortController(),
    n = (t) => {
      e.abort(t)
    }
  return { signal: e.signal, abort: n, t: H(t, n) }
}
function H({ signal: t, timeout: e = 1 / 0, clock: n = I }, r) {
  const i = new T(
    n,
    (t) => t(),
    () => {
      r(new K(e))
    },
  )
  i.set(n.now() + e)
  const o = () => {
    r(t?.reason)
  }
  t?.aborted && o()
  const s = t && N(t, o)
  return () => {
    ;(i.clear(), s?.())
  }
}
var Q = b({
    timeout: g(o),
    signal: g(u),
    clock: g(c),
    until: g(
      f('one of all, first, first-error', (t) => ['all', 'first', 'first-error'].includes(t)),
      'all',
    ),
  }),
  V = new WeakMap()
async function X(t, e) {
  l('wait', 'tasks', t)
  const n = Q('wait', 'options', e),
    { until: r } = n,
    i = new Set(),
    o = new Set(t),
    s = []
  await new Promise((t) => {
    ;(s.push(H(n, t)), 0 === o.size && t())
    for (const e of o) {
      const n = Z(e),
        a = () => {
          ;(o.delete(e), i.add(e), (0 === o.size || 'first' === r || (n.t && 'all' !== r)) && t())
        }
      ;(n.add(a), s.push(() => n.delete(a)), void 0 !== n.t && a())
    }
  })
  for (const t of s) t()
  return { done: i, waiting: o }
}
function Z(t) {
  const e = y(t, 'then') ? t : t?.promise,
    n = V.get(e)
  if (n) return n
  const r = new S(),
    i = (t) => () => {
      ;((r.t = t), r.handleEvent())
    }
  return (y(e, 'then') ? (V.set(e, r), e.then(i(!1), i(!0))) : i(!1)(), r)
}
var tt = b({ timeout: o, signal: g(u), clock: g(c), fallback: (t, e, n) => n })
async function et(t, e) {
  a('call withTimeout', 'fn', t)
  const n = tt('call withTimeout', 'options', e),
    { signal: r, fallback: i } = n,
    { signal: o, t: s } = B(n)
  try {
    o.throwIfAborted()
    const e = await t({ signal: o })
    return (o.throwIfAborted(), e)
  } catch (t) {
    if (!J(o, t)) throw t
    if (void 0 === i || o.reason === r?.reason) throw o.reason
    return i
  } finally {
    s()
  }
}
var nt = 'run task group',
  rt = b({ signal: g(u), concurrency: g(r, 1 / 0), retain: g(d('boolean'), !0) }),
  it = b({ name: g(d('string')) })
async function ot(t, e) {
  a(nt, 'body', t)
  const { signal: n, concurrency: r, retain: i } = rt(nt, 'options', e),
    o = 'number' == typeof r ? new q(r) : r,
    { signal: s, abort: c, t: l } = B({ signal: n })
  s.throwIfAborted()
  const u = new Set(),
    f = new Set()
  let h,
    d,
    w = 0,
    g = 0,
    b = !1,
    m = {},
    v = m
  const y = () => {
    ;(d?.(),
      (h = new Promise((t) => {
        d = t
      })))
  }
  function p(t, e, n) {
    return J(e, t)
      ? 'aborted'
      : (n ||
          (u.add(t),
          c(Object.assign(k('JITNEY_GROUP_ABORTED', nt, 'a task failed'), { name: 'AbortError' }))),
        'rejected')
  }
  function E(t, e, n, r) {
    a(nt, 'fn', t)
    const { name: c = t.name || 'task ' + (g + 1) } = it(nt, 'options', e)
    if (b) throw k('JITNEY_GROUP_ENDED', nt, 'it has ended')
    s.throwIfAborted()
    const { signal: l, abort: u, t: h } = B(T)
    let d, E, A
    const I = {
      name: c,
      state: 'queued',
      result() {
        if ('fulfilled' === I.state) return d
        throw I.error()
      },
      error() {
        if (!f.has(I)) return E
        throw k('JITNEY_TASK_NOT_ENDED', `read task '${c}'`, 'it is ' + I.state)
      },
      abort: u,
    }
    ;(f.add(I),
      (g += 1),
      (I.promise = (async () => (
        n || ((w += 1), (A = o.tryAcquire() ?? (await o.acquire({ signal: l })))),
        l.throwIfAborted(),
        (I.state = 'running'),
        t({
          signal: l,
          started: (t) => {
            ;(r?.(t), (r = void 0))
          },
        })
      ))()))
    const O = (t) => {
      ;((I.state = t),
        h(),
        f.delete(I),
        n || ((w -= 1), (m.t = I), (m = m.next = {}), i || (v = m)),
        y(),
        A?.release())
    }
    return (
      I.promise.then(
        (t) => {
          ;((d = t), O('fulfilled'))
        },
        (t) => {
          ;((E = t), O(p(t, l, r)))
        },
      ),
      I
    )
  }
  y()
  const T = {
    signal: s,
    spawn: E,
    start: (t, e) => {
      const n = new Promise((r, i) => {
        ;(async () => {
          throw (
            await E(t, e, !1, r).promise,
            s.throwIfAborted(),
            k('JITNEY_TASK_NOT_STARTED', 'start task', 'it has ended')
          )
        })().catch((t) => {
          ;(J(s, t) && n.catch(() => {}), i(t))
        })
      })
      return n
    },
    background: (t, e) => E(t, e, !0),
    abort: c,
    stats() {
      const t = [...f].filter((t) => 'running' === t.state).map((t) => t.name)
      return Object.freeze({
        queued: f.size - t.length,
        running: t.length,
        ended: g - f.size,
        names: t,
      })
    },
    async *[Symbol.asyncIterator]() {
      let t = v
      for (; t.next || w > 0;) t.next ? (yield t.t, (t = t.next)) : await h
    },
  }
  let A
  try {
    A = await t(T)
  } catch (t) {
    p(t, s)
  }
  for (; f.size > 0;) (0 === w && c(), await h)
  if (((b = !0), l(), u.size > 0)) throw k('JITNEY_GROUP_FAILED', nt, u.size + ' tasks failed', u)
  return (s.reason === n?.reason && s.throwIfAborted(), A)
}
export {
  x as Channel,
  P as RateLimiter,
  q as Semaphore,
  R as asCompleted,
  L as limit,
  U as map,
  W as mapIterable,
  G as mapSettled,
  ot as taskGroup,
  X as wait,
  et as withTimeout,
}
