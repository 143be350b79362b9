function t(t, n, e, r, o = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === o ? RangeError : TypeError)(
      `Cannot ${t}: '${n}' must be ${e}, received ${((t) => {
        try {
          if ('string' == typeof t) return JSON.stringify(t.slice(0, 60))
          if ((Object(t) !== t && 'bigint' != typeof t) || t instanceof Error) return t + ''
          const { length: n } = t,
            e = {}.toString.call(t).slice(8, -1)
          return 'number' == typeof n ? `${e} of ${n}` : e
        } catch {
          return 'an object'
        }
      })(r)}`,
    ),
    { code: o },
  )
}
var n = f('an integer of at least 1, or Infinity', p, 'number'),
  e = f('an integer of at least 1, or Infinity, or 0', (t) => 0 === t || p(t), 'number'),
  r = f(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => p(t) || v(t, 'tryAcquire'),
    'number',
  ),
  o = f('a number above 0', (t) => E(t) && t > 0, 'number'),
  i = f('milliseconds of at least 0', E, 'number'),
  s = f('a finite number', (t) => Number.isFinite(t), 'number'),
  a = h('a function', 'call'),
  c = h('a Clock', 'clearTimeout'),
  u = h('an iterable', Symbol.iterator),
  l = h('an AbortSignal', 'addEventListener')
function f(n, e, r) {
  return (o, i, s) => {
    if (e(s)) return s
    throw t(o, i, n, s, typeof s === r ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function h(t, n) {
  return f(t, (t) => v(t, n))
}
function w(t) {
  return f('a ' + t, (n) => typeof n === t)
}
function b(t) {
  return f('one of ' + t.join(', '), (n) => t.includes(n), 'string')
}
function y(t, n) {
  return (e, r, o = n) => (void 0 === o ? o : t(e, r, o))
}
function d(t) {
  const n = Object.keys(t)
  return (e, r, o = {}) => {
    m(e, o, n, r)
    const i = {}
    for (const s of n) i[s] = t[s](e, 'options' === r ? s : `${r}.${s}`, o[s])
    return i
  }
}
function m(n, e, r, o = 'options') {
  if ('[object Object]' !== {}.toString.call(e)) throw t(n, o, 'an object', e)
  for (const o in e)
    if (!r.includes(o)) throw t(n, 'option', 'one of ' + r.join(', '), o, 'JITNEY_UNKNOWN_OPTION')
}
function g(t) {
  return f('a finite number from 0 to ' + t, (n) => E(n) && n <= t && n < 1 / 0, 'number')
}
function v(t, n) {
  return 'function' == typeof t?.[n]
}
function p(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
function E(t) {
  return 'number' == typeof t && t >= 0
}
var T = class {
  t = 1 / 0
  constructor(t, n, e) {
    let r
    this.set = (o) => {
      if (o === this.t) return
      if ((t.clearTimeout(r), (this.t = o), o === 1 / 0)) return
      const i = () => {
          const n = this.t
          ;(this.clear(), t.now() < n ? this.set(n) : e())
        },
        s = Math.min(Math.max(0, o - t.now()), 2 ** 31 - 1)
      r = n(() => t.setTimeout(i, s))
    }
  }
  clear() {
    this.set(1 / 0)
  }
}
function O(t) {
  Promise.resolve().then(t)
}
var N = {
  now: () => performance.now(),
  setTimeout: (t, n) => setTimeout(t, n),
  clearTimeout: (t) => {
    clearTimeout(t)
  },
}
function k(t, n, e, r) {
  const o = `Cannot ${n}: ${e}`
  return Object.assign(r ? new AggregateError(r, o) : Error(o), { code: t })
}
var _ = new WeakMap()
function S(t, n) {
  const e = _.get(t) ?? new A()
  return (
    _.set(t, e),
    t.addEventListener('abort', e),
    e.add(n),
    () => {
      ;(e.delete(n), 0 === e.size && t.removeEventListener('abort', e))
    }
  )
}
var A = class extends Set {
  o() {
    for (const t of this) t()
  }
}
function I(t, n, e, r, o) {
  const i = d({ ...r, signal: y(l) }),
    s = new Map()
  let c = 0,
    u = 0,
    f = !1
  const h = (t, n, e, r) => {
      const i = (u += 1),
        a = () => {
          s.delete(i) && (c?.(), r?.aborted && e?.(r.reason), w.i())
        },
        c = r && S(r, a)
      return (s.set(i, { weight: t, signal: r, i: n, u: a }), o?.(), a)
    },
    w = {
      e: s,
      get first() {
        for (; s.size > 0;) {
          const t = s.get(c)
          if (t) {
            if (!t.signal?.aborted) return t
            t.u()
          } else c += 1
        }
      },
      u: () => (f || 0 === s.size ? n() : -1),
      wait: (n, r) =>
        new Promise((o, s) => {
          const { weight: a = 1, signal: c } = i(t, 'options', n),
            u = () => {
              try {
                o(e(a, r))
              } catch (t) {
                s(t)
              }
            }
          ;(c?.throwIfAborted(), a <= w.u() ? u() : h(a, u, s, c))
        }),
      l(n, r) {
        const { weight: o = 1 } = i(t, 'options', n)
        return o <= w.u() ? { value: e(o, r) } : void 0
      },
      h(n, e) {
        ;(a(t, 'serve', e), f || O(w.i))
        const { weight: r = 1 } = i(t, 'options', { weight: n })
        return h(r, async () => e())
      },
      i() {
        if (f) return
        f = !0
        const t = u
        for (let { first: e } = w; e && e.weight <= n(); { first: e } = w) {
          if (c > t) {
            ;(c % 1e4 == 0 ? setTimeout : O)(w.i)
            break
          }
          ;(e.u(), e.i())
        }
        ;((f = !1), o?.())
      },
    }
  return w
}
var M = class {
  m
  #t = new Map()
  #n = 0
  #e = 0
  #r = !1
  #o = I(
    'send',
    () => (this.#r ? 1 : this.m + (this.#i.first ? 1 : 0) - this.#t.size),
    (t, n) => {
      if (this.#r) throw j()
      ;(this.#t.set((this.#e += 1), n), this.#i.i())
    },
  )
  #i = I(
    'receive',
    () => (this.#r ? 1 : this.#s),
    () => {
      if (0 === this.#s) throw j()
      const { first: t } = this.#o
      ;(t?.u(), t?.i())
      const n = this.#t.get((this.#n += 1))
      return (this.#t.delete(this.#n), n)
    },
  )
  constructor(t = 0) {
    this.m = e('create Channel', 'capacity', t)
  }
  send(t, n) {
    return this.#o.wait(n, t)
  }
  v(t) {
    return this.#i.wait(t)
  }
  p(t) {
    return void 0 !== this.#o.l({}, t)
  }
  T() {
    return this.#s > 0 ? this.#i.l() : void 0
  }
  close() {
    ;((this.#r = !0), this.#o.i(), this.#i.i())
  }
  [Symbol.asyncIterator]() {
    const t = new AbortController(),
      n = { signal: t.signal },
      e = { done: !0, value: void 0 }
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () =>
        this.v(n).then(
          (t) => ({ done: !1, value: t }),
          () => e,
        ),
      O: async () => (t.abort(), e),
    }
  }
  get #s() {
    return this.#t.size + (this.#o.first ? 1 : 0)
  }
}
function j() {
  return k('JITNEY_CHANNEL_CLOSED', 'use Channel', 'it is closed')
}
var P = (t, n, e) => o(t, n, s(t, n, e)),
  J = d({ N: P, interval: P, of: y(b(['batches', 'items', 'weight']), 'batches'), k: y(c, N) }),
  Y = class {
    #a
    constructor(t) {
      ;(Object.assign(this, J('create RateLimiter', 'options', t)),
        (this.#a = (({ N: t, interval: n, k: e }) => {
          const r = 2 ** (Math.ceil(Math.log2(t)) - 51),
            o = 2 ** (Math.ceil(Math.log2(n)) - 12),
            i = Math.ceil(t / r) * r,
            s = g(t),
            a = new Map()
          let c = 0,
            u = -1 / 0,
            l = 0
          const f = I(
              'take',
              () => {
                l = e.now()
                for (const [t, n] of a) {
                  if (t > l) break
                  ;((c -= n), a.delete(t))
                }
                return l < u ? -1 : i - c
              },
              (t) => {
                if (0 === t) return
                c += t
                const e = Math.ceil((l + n) / o) * o
                a.set(e, (a.get(e) ?? 0) + t)
              },
              {
                weight(t, n, e = 1) {
                  const o = s(t, n, e)
                  return o - (o % r)
                },
              },
              () => {
                const [t = l] = a.keys()
                h.set(f.first ? (l < u ? u : t) : 1 / 0)
              },
            ),
            h = new T(
              e,
              (() => {
                const { process: t } = globalThis
                return t?.A?.('node:async_hooks')
              })()?.S._() ?? ((t) => t()),
              f.i,
            )
          return Object.assign(f, {
            r(t) {
              ;((u = Math.max(u, e.now() + t)), f.i())
            },
          })
        })(this)))
    }
    get I() {
      return Math.min(this.N, Math.max(0, this.#a.u()))
    }
    get M() {
      return this.#a.e.size
    }
    take(t) {
      return this.#a.wait(t)
    }
    j(t) {
      return void 0 !== this.#a.l({ weight: t })
    }
    h(t, n) {
      return this.#a.h(t, n)
    }
    P(t) {
      this.#a.r(g(1 / 0)('penalize', 'duration', t))
    }
  },
  $ = class {
    #c = 0
    #u = 0
    #l
    #a = I(
      'acquire',
      () => this.#c - this.#u,
      (t) => {
        this.#u += t
        let n = t
        const e = () => {
          ;((this.#u -= n), (n = 0), this.#a.i())
        }
        return { release: e, [Symbol.dispose]: e }
      },
      { weight: (t, e, r = 1) => this.#l(t, e, n(t, e, r)) },
    )
    constructor(t) {
      this.m = t
    }
    get m() {
      return this.#c
    }
    set m(t) {
      ;((this.#c = e('set capacity', 'capacity', t)), (this.#l = g(t || 1 / 0)), this.#a.i())
    }
    get active() {
      return this.#u
    }
    get M() {
      return this.#a.e.size
    }
    J(t) {
      return this.#a.wait(t)
    }
    Y(t) {
      return this.#a.l(t)?.value
    }
    h(t, n) {
      return this.#a.h(t, n)
    }
  }
function C(t, n) {
  try {
    return t?.aborted && (n === t.reason || 'AbortError' === n.name)
  } catch {
    return !1
  }
}
function R(t, n, o, i = {}, s, c, f, h, w) {
  const b = v(n, Symbol.asyncIterator) || !u(t, 'source', n)
  ;(a(t, 'fn', o), m(t, i, s ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal']))
  const { $: y = 1 / 0, signal: d, buffer: g } = i
  ;(r(t, 'concurrency', y),
    void 0 !== d && l(t, 'signal', d),
    void 0 !== g && e(t, 'buffer', g),
    Array.isArray(n) && n.forEach(q))
  const p = [],
    E = [],
    T = {}
  let O,
    N,
    k,
    _ = 0,
    A = 0,
    I = 0,
    M = !1,
    j = !1,
    P = !1
  const J = () => {
      if (M || j || P) return !1
      const t = Math.max(1, y.m ?? y)
      return A < t && A + $.e < t + (g ?? (s ? t : 0))
    },
    Y = async () => {
      const t = E.pop() ?? p.push(void 0) - 1
      for (; J();) {
        let e
        M = !0
        try {
          if (((O ??= n[b ? Symbol.asyncIterator : Symbol.iterator]()), !P)) {
            const t = O.next(),
              n = b ? await t : t
            n.done ? (j = !0) : (e = n.value)
          }
        } catch (t) {
          ;((j = !0), (k ??= [t]), $.stop())
        }
        if (((M = !1), q(e), j || P)) break
        const r = _
        ;((_ += 1), (A += 1))
        const i = c()
        b && $.u()
        const s = (p[t] = new AbortController())
        let a,
          u,
          l = 0
        try {
          ;('function' == typeof e?.then && (e = await e),
            (I += l = 1),
            y.J && (a = await y.J({ signal: s.signal })),
            P ||
              ((u = o(e, r, s)),
              (u = await u),
              P || f(i, w ? { status: 'fulfilled', value: u } : u)))
        } catch (t) {
          ;(u || (await u),
            w
              ? f(i, { status: 'rejected', reason: t })
              : C(s.signal, t) || C(d, t) || ((T[r] = t), $.stop()))
        }
        ;(a?.release(), (I -= l), (A -= 1), y.J && $.u())
      }
      ;((p[t] = void 0), E.push(t), $.u())
    },
    $ = {
      e: 0,
      u() {
        for (d && !P && ((N ??= S(d, $.stop)), d.aborted && $.stop()); J();) Y()
        if (
          (j && A + $.e === 0 && $.stop(),
          P &&
            ((async () => {
              if (j || !O || (M && !b)) return
              j = !0
              const t = M ? 0 : 1
              I += t
              try {
                await O.O?.()
              } catch (t) {
                k ??= [t]
              }
              ;((I -= t), $.u())
            })(),
            0 === I))
        ) {
          const t = Object.values(T)
          ;((k ??= t.length > 1 ? [new AggregateError(t, 'items failed')] : t), h(k))
        }
      },
      stop() {
        if (!P) {
          ;((P = !0), d?.aborted && (k ??= [d.reason]), N?.())
          for (const t of p) t?.abort(d?.reason)
          $.u()
        }
      },
    }
  return $
}
function q(t) {
  t instanceof Promise && t.catch(() => {})
}
function D(t, n, e, r, o) {
  const i = (t) => (t.next ??= { e: void 0, u: void 0 })
  let s,
    a = {},
    c = a,
    u = a,
    l = !1
  const f = () => (u = i(u)),
    h = R(
      t,
      n,
      e,
      r,
      o,
      o ? f : () => {},
      (t = f(), n) => {
        ;((t.e = { done: !1, value: n }), (h.e += 1), w())
      },
      (t) => {
        ;((s = t), w())
      },
    ),
    w = () => {
      for (let t = a.next; t?.u; t = a.next) {
        const n = t.e && !l && !r?.signal?.aborted,
          e = n ? t.e : s && b(s)
        if (!e) return
        ;((a = t), t.u(e), n && ((h.e -= 1), h.u()))
      }
    },
    b = async (t) => {
      if (t.length > 0 && !l) throw ((l = !0), t[0])
      return { done: !0, value: void 0 }
    },
    y = () =>
      new Promise((t) => {
        ;(((c = i(c)).u = t), w(), h.u())
      }),
    d = () => ((l = !0), h.stop(), y())
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: y,
    O: d,
    async C(t) {
      throw (await d(), t)
    },
  }
}
function U(t, n, e) {
  return (
    'function' == typeof n || e || ((e = n), (n = (t, n, e) => t(e))),
    D('call asCompleted', t, n, e)
  )
}
var G = {}
function x(t) {
  let e = n('limit', 'concurrency', t),
    r = 0,
    o = 0,
    i = {},
    s = i
  const c = (t) => {
      ;((o += 1), (s.u = t), (s = s.next = {}))
    },
    u = () => {
      for (; r < e && i.next; i = i.next) ((o -= 1), (r += 1), i.u?.())
    }
  return Object.defineProperties(
    async function t(n, ...o) {
      ;(a('limit', 'fn', n), r < e ? (r += 1) : (G.wait?.(t), await new Promise(c)))
      try {
        const { call: e } = G
        return e ? await e(t, () => n(...o)) : await n(...o)
      } finally {
        ;((r -= 1), u())
      }
    },
    {
      active: { get: () => r },
      M: { get: () => o },
      $: {
        get: () => e,
        set: (t) => {
          ;((e = n('limit', 'concurrency', t)), u())
        },
      },
    },
  )
}
function L(t, n, e) {
  return F('call map', t, n, e)
}
function W(t, n, e) {
  return F('call mapSettled', t, n, e, !0)
}
function F(t, n, e, r, o) {
  return new Promise((i, s) => {
    const a = []
    R(
      t,
      n,
      e,
      r,
      !1,
      () => a.push(void 0) - 1,
      (t, n) => {
        a[t] = n
      },
      (t) => {
        ;(t.forEach(s), i(a))
      },
      o,
    ).u()
  })
}
function K(t, n, e) {
  return D('call mapIterable', t, n, e, !0)
}
var z = class extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }
  code = 'JITNEY_TIMEOUT'
  constructor(t) {
    ;(super(`it took longer than ${t} ms`), (this.timeout = t))
  }
}
function B(t) {
  const n = new AbortController(),
    e = (t) => {
      n.abort(t)
    }
  return { signal: n.signal, abort: e, u: H(t, e) }
}
function H({ signal: t, timeout: n = 1 / 0, k: e = N }, r) {
  const o = new T(
    e,
    (t) => t(),
    () => {
      r(new z(n))
    },
  )
  o.set(e.now() + n)
  const i = () => {
    r(t?.reason)
  }
  t?.aborted && i()
  const s = t && S(t, i)
  return () => {
    ;(o.clear(), s?.())
  }
}
var Q = d({
    timeout: y(i),
    signal: y(l),
    k: y(c),
    R: y(
      f('one of all, first, first-error', (t) => ['all', 'first', 'first-error'].includes(t)),
      'all',
    ),
  }),
  V = new WeakMap()
async function X(t, n) {
  u('wait', 'tasks', t)
  const e = Q('wait', 'options', n),
    { R: r } = e,
    o = new Set(),
    i = new Set(t),
    s = []
  await new Promise((t) => {
    ;(s.push(H(e, t)), 0 === i.size && t())
    for (const n of i) {
      const e = Z(n),
        a = () => {
          ;(i.delete(n), o.add(n), (0 === i.size || 'first' === r || (e.u && 'all' !== r)) && t())
        }
      ;(e.add(a), s.push(() => e.delete(a)), void 0 !== e.u && a())
    }
  })
  for (const t of s) t()
  return { done: o, waiting: i }
}
function Z(t) {
  const n = v(t, 'then') ? t : t?.promise,
    e = V.get(n)
  if (e) return e
  const r = new A(),
    o = (t) => () => {
      ;((r.u = t), r.o())
    }
  return (v(n, 'then') ? (V.set(n, r), n.then(o(!1), o(!0))) : o(!1)(), r)
}
var tt = d({ timeout: i, signal: y(l), k: y(c), fallback: (t, n, e) => e })
async function nt(t, n) {
  a('call withTimeout', 'fn', t)
  const e = tt('call withTimeout', 'options', n),
    { signal: r, fallback: o } = e,
    { signal: i, u: s } = B(e)
  try {
    i.throwIfAborted()
    const n = await t({ signal: i })
    return (i.throwIfAborted(), n)
  } catch (t) {
    if (!C(i, t)) throw t
    if (void 0 === o || i.reason === r?.reason) throw i.reason
    return o
  } finally {
    s()
  }
}
var et = 'run task group',
  rt = d({ signal: y(l), $: y(r, 1 / 0), q: y(w('boolean'), !0) }),
  ot = d({ name: y(w('string')) })
async function it(t, n) {
  a(et, 'body', t)
  const { signal: e, $: r, q: o } = rt(et, 'options', n),
    i = 'number' == typeof r ? new $(r) : r,
    { signal: s, abort: c, u } = B({ signal: e })
  s.throwIfAborted()
  const l = new Set(),
    f = new Set()
  let h,
    w,
    b = 0,
    y = 0,
    d = !1,
    m = {},
    g = m
  const v = () => {
    ;(w?.(),
      (h = new Promise((t) => {
        w = t
      })))
  }
  function p(t, n, e) {
    return C(n, t)
      ? 'aborted'
      : (e ||
          (l.add(t),
          c(Object.assign(k('JITNEY_GROUP_ABORTED', et, 'a task failed'), { name: 'AbortError' }))),
        'rejected')
  }
  function E(t, n, e, r) {
    a(et, 'fn', t)
    const { name: c = t.name || 'task ' + (y + 1) } = ot(et, 'options', n)
    if (d) throw k('JITNEY_GROUP_ENDED', et, 'it has ended')
    s.throwIfAborted()
    const { signal: u, abort: l, u: h } = B(T)
    let w, E, O
    const N = {
      name: c,
      state: 'queued',
      result() {
        if ('fulfilled' === N.state) return w
        throw N.error()
      },
      error() {
        if (!f.has(N)) return E
        throw k('JITNEY_TASK_NOT_ENDED', `read task '${c}'`, 'it is ' + N.state)
      },
      abort: l,
    }
    ;(f.add(N),
      (y += 1),
      (N.promise = (async () => (
        e || ((b += 1), (O = i.Y() ?? (await i.J({ signal: u })))),
        u.throwIfAborted(),
        (N.state = 'running'),
        t({
          signal: u,
          D: (t) => {
            ;(r?.(t), (r = void 0))
          },
        })
      ))()))
    const _ = (t) => {
      ;((N.state = t),
        h(),
        f.delete(N),
        e || ((b -= 1), (m.u = N), (m = m.next = {}), o || (g = m)),
        v(),
        O?.release())
    }
    return (
      N.promise.then(
        (t) => {
          ;((w = t), _('fulfilled'))
        },
        (t) => {
          ;((E = t), _(p(t, u, r)))
        },
      ),
      N
    )
  }
  v()
  const T = {
    signal: s,
    U: E,
    start: (t, n) => {
      const e = new Promise((r, o) => {
        ;(async () => {
          throw (
            await E(t, n, !1, r).promise,
            s.throwIfAborted(),
            k('JITNEY_TASK_NOT_STARTED', 'start task', 'it has ended')
          )
        })().catch((t) => {
          ;(C(s, t) && e.catch(() => {}), o(t))
        })
      })
      return e
    },
    background: (t, n) => E(t, n, !0),
    abort: c,
    stats() {
      const t = [...f].filter((t) => 'running' === t.state).map((t) => t.name)
      return Object.freeze({ M: f.size - t.length, G: t.length, ended: y - f.size, names: t })
    },
    async *[Symbol.asyncIterator]() {
      let t = g
      for (; t.next || b > 0;) t.next ? (yield t.u, (t = t.next)) : await h
    },
  }
  let O
  try {
    O = await t(T)
  } catch (t) {
    p(t, s)
  }
  for (; f.size > 0;) (0 === b && c(), await h)
  if (((d = !0), u(), l.size > 0)) throw k('JITNEY_GROUP_FAILED', et, l.size + ' tasks failed', l)
  return (s.reason === e?.reason && s.throwIfAborted(), O)
}
export {
  M as Channel,
  Y as RateLimiter,
  $ as Semaphore,
  U as asCompleted,
  x as limit,
  L as map,
  K as mapIterable,
  W as mapSettled,
  it as taskGroup,
  X as wait,
  nt as withTimeout,
}
