function t(t) {
  try {
    if ('string' == typeof t) return JSON.stringify(t.slice(0, 60))
    if ((Object(t) !== t && 'bigint' != typeof t) || t instanceof Error) return t + ''
    const { length: e } = t,
      r = {}.toString.call(t).slice(8, -1)
    return 'number' == typeof e ? `${r} of ${e}` : r
  } catch {
    return 'an object'
  }
}
function e(e, r, n, s, i = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === i ? RangeError : TypeError)(
      `Cannot ${e}: '${r}' must be ${n}, received ${t(s)}`,
    ),
    { code: i },
  )
}
var r = f('an integer of at least 1, or Infinity', z, 'number'),
  n = f('an integer of at least 1, or Infinity, or 0', (t) => 0 === t || z(t), 'number'),
  s = f(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => z(t) || E(t, 'tryAcquire'),
    'number',
  ),
  i = f('a number above 0', (t) => A(t) && t > 0, 'number'),
  o = f('milliseconds of at least 0', A, 'number'),
  a = f('a finite number', (t) => Number.isFinite(t), 'number'),
  c = d('a function', 'call'),
  u = d('a Clock', 'clearTimeout'),
  l = d('an iterable', Symbol.iterator),
  h = d('an AbortSignal', 'addEventListener')
function f(t, r, n) {
  return (s, i, o) => {
    if (r(o)) return o
    throw e(s, i, t, o, typeof o === n ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function d(t, e) {
  return f(t, (t) => E(t, e))
}
function m(t) {
  return f('a ' + t, (e) => typeof e === t)
}
function p(t) {
  return f('one of ' + t.join(', '), (e) => t.includes(e), 'string')
}
function y(t, e) {
  return (r, n, s = e) => (void 0 === s ? s : t(r, n, s))
}
function g(t) {
  const e = Object.keys(t)
  return (r, n, s = {}) => {
    b(r, s, e, n)
    const i = {}
    for (const o of e) i[o] = t[o](r, 'options' === n ? o : `${n}.${o}`, s[o])
    return i
  }
}
function w(t) {
  return (e, r, n) => Array.from([].concat(n), (n) => t(e, r, n))
}
function b(t, r, n, s = 'options') {
  if ('[object Object]' !== {}.toString.call(r)) throw e(t, s, 'an object', r)
  for (const s in r)
    if (!n.includes(s)) throw e(t, 'option', 'one of ' + n.join(', '), s, 'JITNEY_UNKNOWN_OPTION')
}
function v(t) {
  return f('a finite number from 0 to ' + t, (e) => A(e) && e <= t && e < 1 / 0, 'number')
}
function E(t, e) {
  return 'function' == typeof t?.[e]
}
function z(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
function A(t) {
  return 'number' == typeof t && t >= 0
}
var T = class extends Error {
    static {
      this.prototype.name = 'BatchError'
    }
    code = 'JITNEY_BATCH_FAILED'
  },
  S = class extends Error {
    static {
      this.prototype.name = 'BatchAbortedError'
    }
    code = 'JITNEY_BATCH_ABORTED'
  },
  k = class extends Error {
    static {
      this.prototype.name = 'BatchTimeoutError'
    }
    code = 'JITNEY_BATCH_TIMEOUT'
    started = !0
  },
  x = class extends Error {
    static {
      this.prototype.name = 'BatcherClosedError'
    }
    code = 'JITNEY_BATCHER_CLOSED'
    started = !1
  },
  I = class extends Error {
    static {
      this.prototype.name = 'QueueFullError'
    }
    code = 'JITNEY_QUEUE_FULL'
  }
function M(t, e) {
  ;(e.n ?? e.t) && (e.a = t)
}
var O = {}
function _(t) {
  return void 0 !== t.resolve
}
function N(t, e) {
  const { resolve: r, n } = t
  return (
    void 0 !== r &&
    ((t.resolve = void 0),
    (t.item = void 0),
    void 0 !== n && ((t.n = void 0), n.release(t)),
    r(e),
    !0)
  )
}
function j(t, e, r, n) {
  e.n ??= new WeakSet()
  const s = r.t?.size > 1 || e.n.has(n)
  ;(e.n.add(Object(n)), C(t, [r], () => (s ? $(t, T, { cause: n }) : n)))
}
function P(t, e, r, n) {
  C(t, r, () => $(t, T, { cause: n }, void 0, e))
}
function B(t, e) {
  const { timeout: r } = t.t
  return $(t, k, { timeout: r }, `it took longer than ${r} ms`, e)
}
function C(t, e, r) {
  for (const n of e) {
    for (const e of n.t ?? [n]) {
      if (!_(e)) continue
      const s = r(n)
      ;((t.s.rejected += 1), void 0 !== e.stack && D(e.stack, s), L(e, s))
    }
    ;(n.t?.clear(), N(n, void 0))
  }
}
function L(t, e) {
  N(t, Promise.reject(e))
}
function $(e, r, n, s = ((e) => t(e).replace(/^Error: /, ''))(n.cause), i) {
  const { name: o } = e.t
  return Object.assign(
    new r(
      `Cannot process ${i ? 'batch of ' + i.size : 'item'}${void 0 === o ? '' : ` of '${o}'`}: ${s}`,
      n,
    ),
    n,
  )
}
function D(t, e) {
  try {
    e.stack.includes(J) || (e.stack += t.replace('Error', J))
  } catch {}
}
var J = '\n    called from'
function Y({ t: { concurrency: t } }) {
  return 'number' == typeof t ? t : 1 / 0
}
function q(t) {
  ;(t.wait?.t(), (t.wait = void 0))
}
function R(t, e, r) {
  t.wait?.e !== e &&
    (q(t),
    (t.wait = {
      e,
      r,
      t: e.onAllowance(r, () => {
        ;((t.wait = void 0), (t.p = 1), t.update(!0), (t.p = 1 / 0))
      }),
    }))
}
function K(t, { of: e }) {
  return 'items' === e ? t.length : 'weight' !== e ? 1 : t.reduce((t, { s: e }) => t + e[0], 0)
}
function Q(t, e) {
  return e.r <= t.m
}
function U(t, e) {
  for (const r of e) (M(t.n, r), t.n.push(r))
}
function F(t, e) {
  ;((e.item = void 0), (e.f = t), t.t?.add(e))
}
function G(t) {
  return t.t.maxQueueSize - t.n.size + t.n.r
}
function W(t, e, r) {
  const { dedupeKey: n, maxQueueSize: s, overflow: i } = t.t,
    o = 'open' === t.e,
    a = o && t.d.get(e.key)?.get(r),
    c = G(t)
  if (!o || (!a && c <= 0 && 'reject' === i))
    return (
      (t.s.refused += 1),
      L(
        e,
        o
          ? $(t, I, { maxQueueSize: s }, `'maxQueueSize' of ${s} is reached`)
          : $(t, x, {}, 'it is closed'),
      )
    )
  if (a) return F(a, e)
  const u = n
      ? ((t, e, r) => {
          const n = t.d.get(e.key) ?? new Map(),
            s = new Set(),
            i = {
              ...e,
              t: s,
              n: void 0,
              resolve(i) {
                ;(n.delete(r),
                  0 === n.size && t.d.delete(e.key),
                  (t.s.fulfilled += Math.max(0, s.size - 1)))
                for (const t of s) N(t, i)
              },
            }
          return (t.d.set(e.key, n.set(r, i)), F(i, e), i)
        })(t, e, r)
      : e,
    l = c > 0 ? t.n : t.a
  ;(M(l, u), (l.push(u) || 1 === c) && t.i.size < Y(t) && t.update())
}
function H(t) {
  for (; t.a.size > 0 && G(t) > 0;) {
    const e = t.a.first
    ;(t.a.e(e), U(t, [e]))
  }
}
var V = g({ signal: y(h), priority: y(a) })
function X(t, e) {
  let r = void 0 === e
  for (const t in e) {
    const n = e[t]
    if (
      ((r = 'signal' === t ? n instanceof AbortSignal : 'priority' === t && Number.isFinite(n)), !r)
    )
      break
  }
  r || V(t, 'options', e)
}
var Z = g({ timeout: y(o, 1 / 0) })
function tt(t) {
  const { process: e } = globalThis
  return e?.getBuiltinModule?.(t)
}
var et = tt('node:diagnostics_channel'),
  rt = et?.tracingChannel?.('jitney:batch'),
  nt = et?.channel('jitney:batch:abandoned'),
  st = tt('node:util')?.debuglog('jitney'),
  it = AbortSignal.abort().reason
function ot(t, e) {
  const { entries: r, message: n } = t
  if (n && !t.abandoned) {
    for (; t.o < r.length; t.o += 1) if (_(r[t.o])) return
    ;((t.abandoned = !0),
      t.r?.clear(),
      nt?.publish(n),
      at(t, e),
      (t.entries = r.map((t) => (t.attempts ? t : O))))
  }
}
function at({ entries: t, i: e }, r) {
  e.abort(r)
  for (const e of t) e.i?.abort(r)
}
function ct(t, e) {
  ;(t.i.delete(e), e.r?.clear(), e.s?.(), (e.entries = []), e.f.release?.(), t.update())
}
var ut = class {
  deadline = 1 / 0
  constructor(t, e, r) {
    let n
    this.set = (s) => {
      if (s === this.deadline) return
      if ((t.clearTimeout(n), (this.deadline = s), s === 1 / 0)) return
      const i = () => {
          const e = this.deadline
          ;(this.clear(), t.now() < e ? this.set(e) : r())
        },
        o = Math.min(Math.max(0, s - t.now()), 2 ** 31 - 1)
      n = e(() => t.setTimeout(i, o))
    }
  }
  clear() {
    this.set(1 / 0)
  }
}
function lt() {
  return tt('node:async_hooks')?.AsyncLocalStorage.snapshot() ?? ((t) => t())
}
function ht(t) {
  const { maxQueueTime: e, oldestArrival: r } = t,
    n = t.full ? 'size' : t.asked
  return n
    ? { at: -1 / 0, reason: n }
    : 'adaptive' === e
      ? { at: r, reason: t.active ? 'slot' : 'idle' }
      : { at: r + e, reason: 'time' }
}
function ft(t) {
  mt(() => {
    const { process: e, setImmediate: r = setTimeout } = globalThis
    ;(e?.nextTick ?? r)(t)
  })
}
function dt() {
  return new Promise(ft)
}
function mt(t) {
  Promise.resolve().then(t)
}
var pt = class {
    #t
    #e
    constructor(t, e) {
      ;((this.key = t.entries[0]?.key), (this.reason = e), (this.#t = t))
    }
    get signal() {
      return this.#t.i.signal
    }
    get entries() {
      return (this.#e ??= this.#t.entries.map((t) =>
        ((t, { aborted: e, reason: r }) => {
          const n = new AbortController(),
            { signal: s } = n,
            { id: i = `${(yt += 1)}-${Math.random()}`, attempts: o = 0 } = t
          return (
            _(t) && Object.assign(t, { id: i, i: n }),
            (!e && _(t)) || n.abort(r),
            { id: i, attempt: o + 1, signal: s }
          )
        })(t, this.signal),
      ))
    }
  },
  yt = 0,
  gt = Symbol.for('jitney.outcome'),
  wt = {
    value: (t) => ({ [gt]: 'value', content: t }),
    error: (t) => ({ [gt]: 'error', content: t }),
    retry: (t) => {
      const { after: e } = bt('retry item', 'options', t)
      return { [gt]: 'retry', content: e }
    },
  },
  bt = g({ after: y(o, 0) })
function vt(t) {
  return [t.n, t.a, ...t.c, ...t.l]
}
function Et(t) {
  return vt(t).reduce((t, { size: e }) => t + e, -t.a.size)
}
function zt(t, e, r) {
  const n = new ut(t.t.clock, t.y, r)
  return (n.set(t.t.clock.now() + e), n)
}
function At(t, e, r) {
  const n = [],
    s = {
      size: 0,
      r: zt(t, r, () => {
        ;(U(t, s.t()), t.update())
      }),
      get all() {
        return n.filter(_)
      },
      add(t) {
        ;(e.add(s), n.push(t), M(s, t), (s.size += 1))
      },
      e() {
        ;((s.size -= 1), 0 === s.size && s.t())
      },
      t: () => (e.delete(s), s.r.clear(), s.all),
    }
  return s
}
function Tt({ t }, e) {
  return kt(() => t.retry.when(e)) ? t.retry.attempts : 0
}
function St(t, e, r, n, s) {
  if (!_(r)) return !1
  t.flush = void 0
  const i = (r.attempts = (r.attempts ?? 0) + 1)
  if (i >= n) return !0
  e.t ??= new Map()
  let o = e.t.get(s)
  if (!t.l.has(o)) {
    const { minDelay: r, maxDelay: n } = t.t.retry,
      a = Math.min(n, r * 2 ** (i - 1)),
      c = Math.max(s, Math.random() * a || 0)
    ;((o = At(t, t.l, 'open' === t.e ? c : 0)), e.t.set(s, o))
  }
  return (o?.add(r), !1)
}
function kt(t) {
  try {
    return !0 === t()
  } catch {
    return !1
  }
}
async function xt(t, r, n, s) {
  r.open += 1
  try {
    const i = await n()
    void 0 === s
      ? ((t, r, n) => {
          const { entries: s, size: i } = r,
            o = Array.isArray(n) || ArrayBuffer.isView(n) ? n : []
          void 0 !== n &&
            o.length !== i &&
            P(
              t,
              r,
              s,
              e(
                'take results',
                'results',
                `an array of ${i} outcomes, or undefined`,
                n,
                'JITNEY_WRONG_RESULT',
              ),
            )
          const a = Math.max(i, o.length)
          for (let e = 0; e < a; e += 1) {
            const n = s[e] ?? O
            try {
              const s = o[e]
              'object' == typeof s || 'function' == typeof s
                ? It(t, r, e, s)
                : N(n, s) && (t.s.fulfilled += 1)
            } catch (e) {
              j(t, r, n, e)
            }
          }
        })(t, r, i)
      : It(t, r, s, i)
  } catch (e) {
    void 0 === s
      ? ((t, e, r) => {
          const n = e.attempts ?? Tt(t, r),
            s = e.entries.filter((r) => St(t, e, r, n, 0))
          if (
            t.t.splitOnError &&
            e.size > 1 &&
            !((t) =>
              kt(() => {
                const { name: e, status: r, statusCode: n } = Object(t)
                return /(Abort|Timeout)Error$/.test(e) || [r, n].includes(429)
              }))(r)
          )
            for (const e of [s.splice(0, Math.ceil(s.length / 2)), s]) {
              const r = At(t, t.c, 1 / 0)
              for (const t of e) r.add(t)
            }
          else P(t, e, s, r)
        })(t, r, e)
      : j(t, r, r.entries[s] ?? O, e)
  }
  ;((r.open -= 1), (r.t = void 0), 0 === r.open ? ct(t, r) : (ot(r, it), r.abandoned && t.update()))
}
function It(t, e, r, n) {
  const s = e.entries[r] ?? O,
    i = ((a = n), a?.[gt]),
    o = i ? n.content : n
  var a
  if ('error' === i || n instanceof Error) j(t, e, s, o)
  else if ('retry' === i) {
    const { rateLimit: n, retry: i } = t.t,
      a = o
    if (a < 1 / 0) for (const t of n) t.penalize(a)
    ;((e.entries[r] = O),
      St(t, e, s, i.attempts, a) &&
        ((t, e) => {
          const r = `not done after ${t.t.retry.attempts} attempts`
          C(t, e, () => $(t, T, {}, r))
        })(t, [s]))
  } else
    E(o, 'then')
      ? xt(t, e, async () => (i ? { ...n, content: await o } : o), r)
      : N(s, o) && (t.s.fulfilled += 1)
}
function Mt(t) {
  return (
    t.o ||
      ((t.o = { t: t.t.clock.now() }),
      ft(() => {
        ;((t.o = void 0), t.update(!0))
      })),
    t.o
  )
}
function Ot(t, e) {
  const { n: r, u: n, t: s } = t
  for (const e of t.c)
    if (!n || e.all.some((e) => Q(t, e))) return _t(t, 'split', e.all, () => e.t())
  let i,
    o = 1 / 0,
    a = t.i.size
  for (const c of ['byAge', 'ready']) {
    const u = a < Y(t) ? r[c].first : void 0
    if (!u) continue
    const { t: l } = u,
      h = Q(t, l)
    if (n && !h) continue
    const { at: f, reason: d } = ht({
      full: !n && (u.full || G(t) <= 0),
      asked: 'open' === t.e ? (h ? 'flush' : u.r ? 'retry' : void 0) : 'close',
      oldestArrival: l.o.t,
      maxQueueTime: s.maxQueueTime,
      active: a,
    })
    if (f <= l.o.t || (f < 1 / 0 && f <= s.clock.now())) {
      if (e || f === -1 / 0) return _t(t, d, [u.first], () => r.take(u))
      ;((i = !1), l.o !== Mt(t) && (a += 1))
    } else o = Math.min(o, f)
  }
  return (t.g.set(o), i)
}
function _t(t, e, r, n) {
  t.g.clear()
  const s = ((t, e) => {
    const { concurrency: r, rateLimit: n } = t.t,
      { wait: s } = t,
      i = t.p > 0
    s && s.r > K(e, s.e) && q(t)
    for (const r of n) {
      const n = K(e, r)
      if (!i || !r.tryTake(0) || r.allowance < n) return R(t, r, n)
    }
    return 'number' == typeof r ? t.i.size < r && {} : (i && r.tryAcquire()) || R(t, r, 1)
  })(t, r)
  if (s) {
    const r = n()
    for (const e of t.t.rateLimit) e.tryTake(K(r, e))
    ;((t.p -= 1),
      ((t, e, r, n) => {
        const { batcher: s, s: i, t: o } = t,
          { clock: a, name: c, timeout: u } = o,
          l = {
            f: n,
            i: new AbortController(),
            entries: e,
            o: 0,
            size: 0,
            open: 0,
            e() {
              l.a = !0
            },
          }
        if (((t.flush = void 0), t.f.size > 0)) for (const t of e) M(l, t)
        t.i.add(l)
        const h = () => {
          const e = a.now()
          ;(l.a || 'closed' === t.e) && (l.entries = l.entries.filter(_))
          const n = (l.size = l.entries.length)
          if (0 === n) return ct(t, l)
          let o = e
          for (const { o: t } of l.entries) o = Math.min(o, t.t)
          const h = { batcher: s, name: c, reason: r, size: n, queueTime: e - o },
            f = () => (h.duration = a.now() - e)
          ;((l.message = h),
            (l.s = () => {
              ;((i.totalDuration += f()), st?.('%j', { ...h, batcher: void 0 }))
            }),
            (i.batches += 1),
            (i.items += n),
            (l.r = zt(t, u, () => {
              const e = B(t, l),
                r = (l.attempts = Tt(t, e)),
                n = l.entries.filter(({ attempts: t = 0 }) => t + 1 >= r)
              ;(C(t, n, () => B(t, l)), ot(l, e), at(l, e), t.update())
            })))
          const d = new pt(l, r),
            m = () =>
              t.batchFunction(
                l.entries.map(({ item: t }) => t),
                d,
              ),
            p = async () => {
              try {
                return await m()
              } finally {
                f()
              }
            }
          xt(t, l, () => (rt?.hasSubscribers ? rt.tracePromise(p, h) : m()))
        }
        mt(() => {
          t.y(h)
        })
      })(t, r, e, s),
      H(t))
  }
  return !!s
}
var Nt = class extends Set {
    t = []
    get first() {
      let t
      for (; this.size > 0 && !this.has((t = this.t.at(-1)));)
        this.t.pop() || (this.t = [...this].sort((t, e) => e.t.r - t.t.r))
      return t
    }
  },
  jt = class {
    size = 0
    #e = []
    #r = 0
    get first() {
      for (; ; this.#r += 1) {
        const t = this.#e[this.#r]
        if (!t || _(t)) return t
      }
    }
    get all() {
      return (
        this.#r > 0 && (this.#e = this.#e.slice(this.#r)),
        (this.#r = 0),
        this.#e.length > this.size && (this.#e = this.#e.filter(_)),
        this.#e
      )
    }
    push(t) {
      ;(this.#e.push(t), (this.size += 1))
    }
    e(t) {
      ;((this.size -= 1), t === this.#e[this.#r] && (this.#r += 1), this.#e)
    }
    clear() {
      const { all: t } = this
      return ((this.#e = []), (this.size = 0), t)
    }
  },
  Pt = class extends jt {
    key
    r = 0
    #n
    #s
    #i = 1 / 0
    #o
    #a
    constructor(t, e) {
      ;(super(),
        (this.key = t),
        (this.#n = e),
        (this.#s = e.t.weight.map(({ max: t }) => 0.999999999 * t)))
    }
    get full() {
      return this.size >= this.#n.t.maxBatchSize || this.#i <= 0
    }
    get first() {
      return (!1 === this.#o && ((this.#o = !0), this.all.sort(Ct)), super.first)
    }
    get t() {
      return (this.#a ??=
        void 0 === this.#o ? this.first : this.all.reduce((t, e) => (t.r < e.r ? t : e)))
    }
    push(t) {
      ;(super.push(t), (t.priority || t.attempts || this.#o) && (this.#o = !1), this.#c(t, 1))
    }
    e(t) {
      ;(super.e(t), this.#c(t, -1))
    }
    clear() {
      return (
        (this.#n.size -= this.size),
        (this.#n.r -= this.r),
        (this.key = this.#a = void 0),
        super.clear()
      )
    }
    #c(t, e) {
      const { attempts: r } = t
      ;((this.#n.size += e),
        t.s && (Bt(this.#s, t.s, e), (this.#i = Math.min(...this.#s))),
        r && ((this.r += e), (this.#n.r += e)),
        (r || t === this.#a) && (this.#a = void 0))
    }
  }
function Bt(t, e, r) {
  e.forEach((e, n) => {
    t[n] = t[n] - r * e
  })
}
function Ct(t, e) {
  return Lt(t) - Lt(e) || t.r - e.r
}
function Lt({ attempts: t, priority: e = 0, o: r }) {
  return t ? -1 / 0 : r.t - 1e3 * e
}
var $t = class {
  size = 0
  r = 0
  t
  #u = new Map()
  byAge = new Nt()
  ready = new Nt()
  constructor(t) {
    this.t = t
  }
  get all() {
    return [...this.byAge].flatMap(({ all: t }) => t)
  }
  push(t) {
    const { key: e, attempts: r } = t
    let n = this.#u.get(e)
    return (
      n || ((n = new Pt(e, this)), this.#u.set(e, n), this.byAge.add(n)),
      n.push(t),
      r && (this.byAge.t = []),
      this.#l(n)
    )
  }
  e(t) {
    const e = this.#u.get(t.key)
    ;(e.e(t), this.#h(e))
  }
  take(t) {
    const { maxBatchSize: e, rateLimit: r, weight: n } = this.t,
      s = n.map(({ max: t }) => t)
    let i = e
    for (const { of: t, allowance: e } of r)
      ('items' === t && (i = Math.min(i, e)), 'weight' === t && (s[0] = Math.min(s[0], e)))
    if (t.size <= i && 0 === n.length) return this.#f(t)
    const o = []
    let a
    for (; o.length + 1 <= i && (a = t.first) && (Bt(s, a.s ?? [], 1), !s.some((t) => t < 0));)
      (t.e(a), o.push(a))
    return (this.#h(t), o)
  }
  i() {
    for (const t of this.#u.values()) this.#h(t)
  }
  #l(t) {
    const { full: e, r } = t
    return ((e || r > 0) && !this.ready.has(t) && (this.ready.add(t), (this.ready.t = [])), e)
  }
  #h(t) {
    ;(this.byAge.delete(t),
      this.ready.delete(t),
      0 === t.size
        ? this.#f(t)
        : (this.byAge.add(t), (this.byAge.t = this.ready.t = []), this.#l(t)))
  }
  #f(t) {
    return (this.byAge.delete(t), this.ready.delete(t), this.#u.delete(t.key), t.clear())
  }
}
function Dt(t, e) {
  if ('closed' === t.e) return
  t.e = 'closed'
  const r = (r, n) => {
    C(t, r, ({ attempts: r }) => $(t, S, { started: !!(n ?? r), cause: e }))
  }
  for (const e of vt(t)) {
    const { all: t } = e
    r(t)
    for (const r of t) e.e(r)
  }
  for (const { entries: e, message: n } of t.i) r(e, n)
  for (const r of t.i) ot(r, e)
  t.update()
}
function Jt(t) {
  for (const e of t.splice(0)) e()
}
function Yt(t) {
  ;((t.m = t.r), t.update())
}
function qt(t) {
  return (t.e ??= new Promise((e) => {
    const { resolve: r } = t
    t.resolve = (t) => {
      ;(r?.(t), e())
    }
  }))
}
var Rt = {
    now: () => performance.now(),
    setTimeout: (t, e) => setTimeout(t, e),
    clearTimeout: (t) => {
      clearTimeout(t)
    },
  },
  Kt = y(c),
  Qt = y(m('boolean'), !1),
  Ut = {
    maxBatchSize: y(r, 100),
    maxQueueTime: y(
      f("milliseconds of at least 0, or 'adaptive'", (t) => 'adaptive' === t || A(t), 'number'),
      'adaptive',
    ),
    concurrency: y(s, 1),
    maxQueueSize: y(r, 1 / 0),
    overflow: y(p(['reject', 'wait']), 'reject'),
    weight: y(w(g({ of: c, max: i })), []),
    batchKey: Kt,
    dedupeKey: Kt,
    timeout: y(i, 1 / 0),
    retry: y(
      g({
        attempts: r,
        minDelay: y(o, 100),
        maxDelay: y(o, 3e4),
        when: y(c, (t) => !(t instanceof k)),
      }),
      { attempts: 3, when: () => !1 },
    ),
    splitOnError: Qt,
    rateLimit: y(w(d('a RateLimiter', 'penalize')), []),
    clock: y(u, Rt),
    name: y(m('string')),
    captureStacks: Qt,
  },
  Ft = g(Ut),
  Gt = class {
    #d
    constructor(t, r) {
      ;(c('create Batcher', 'batchFunction', t),
        (this.#d = ((t, e, r) => {
          const n = lt(),
            s = {
              batcher: t,
              batchFunction: e,
              t: r,
              y: n,
              e: 'open',
              u: !1,
              m: 0,
              r: 0,
              n: new $t(r),
              a: new jt(),
              d: new Map(),
              f: new Map(),
              l: new Set(),
              c: new Set(),
              i: new Set(),
              g: new ut(r.clock, n, () => {
                s.update(!0)
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
              update(t) {
                ;(((t, e) => {
                  let r
                  do {
                    r = Ot(t, e)
                  } while (r)
                  void 0 === r && q(t)
                })(s, t),
                  ((t) => {
                    const e = t.n.size + t.c.size + t.l.size
                    if ((e + t.i.size === 0 && Jt(t.h), 'closing' === t.e && 0 === e)) {
                      for (const { abandoned: e } of t.i) if (!e) return
                      t.e = 'closed'
                    }
                    'closed' === t.e && Jt(t.closed)
                  })(s))
              },
            }
          return s
        })(
          this,
          t,
          ((t) => {
            const r = Ft('create Batcher', 'options', t),
              [n] = r.weight
            for (const { of: t, limit: s } of r.rateLimit)
              if ('weight' === t && void 0 !== n) n.max = Math.min(n.max, s)
              else if ('weight' === t || s < 1)
                throw e(
                  'create Batcher',
                  'rateLimit',
                  "at least 1, or of a given 'weight'",
                  `${s} of ${t}`,
                  'JITNEY_OUT_OF_RANGE',
                )
            return r
          })(r),
        )))
    }
    get maxBatchSize() {
      return this.#d.t.maxBatchSize
    }
    set maxBatchSize(t) {
      this.#m('maxBatchSize', t)
    }
    get maxQueueTime() {
      return this.#d.t.maxQueueTime
    }
    set maxQueueTime(t) {
      this.#m('maxQueueTime', t)
    }
    get concurrency() {
      return this.#d.t.concurrency
    }
    set concurrency(t) {
      this.#m('concurrency', t)
    }
    get state() {
      return this.#d.e
    }
    get queuedCount() {
      return Et(this.#d)
    }
    get activeCount() {
      return this.#d.i.size
    }
    process(t, e) {
      return new Promise((r) => {
        const n = this.#d,
          { weight: s, batchKey: i, dedupeKey: o, captureStacks: a } = n.t
        void 0 !== e || s.length || i || o || a
          ? this.#p(t, r, e)
          : W(n, { item: t, resolve: r, o: Mt(n), r: (n.r += 1) })
      })
    }
    async processAll(t, e) {
      return Promise.all(this.#y(t, e))
    }
    async processAllSettled(t, e) {
      return Promise.allSettled(this.#y(t, e))
    }
    processIterable(t, e) {
      return (
        E(t, Symbol.asyncIterator) || l('process items', 'source', t),
        X('process items', e),
        ((t, e, r, n) => {
          const { concurrency: s, maxBatchSize: i, maxQueueSize: o } = t.t,
            { capacity: a = s } = s,
            c = Math.min(i * (a + 1), o, 1e4),
            u = new AbortController(),
            l = []
          let h,
            f,
            d = !0
          const m = () => {
              ;(f?.(),
                (h = new Promise((t) => {
                  f = t
                })))
            },
            p = (t) => {
              const e = { promise: t },
                r = () => {
                  ;((e.e = !0), m())
                }
              ;(t.then(r, r), l.push(e))
            },
            y = () => {
              ;(u.abort(r?.reason), m())
            },
            g = (async function* () {
              ;(r?.throwIfAborted(), r?.addEventListener('abort', y), m())
              const s = (async () => {
                try {
                  for await (const r of e) {
                    for (
                      d = !1, p(n(r, u.signal)), l.length >= c && !l[0]?.e && Yt(t);
                      l.length >= c && !u.signal.aborted;
                    )
                      await h
                    if (u.signal.aborted) return
                    d = !0
                  }
                } catch (t) {
                  p(Promise.reject(t))
                }
                ;((d = void 0), Yt(t), m())
              })()
              try {
                for (; !u.signal.aborted;) {
                  const [t] = l
                  if (t?.e) (l.shift(), m(), yield await t.promise)
                  else {
                    if (void 0 === d && !t) return
                    await h
                  }
                }
                r?.throwIfAborted()
              } finally {
                ;(r?.removeEventListener('abort', y), y(), d && (await dt()), d || (await s))
              }
            })(),
            w = g.return.bind(g)
          return ((g.return = (t) => (y(), w(t))), g)
        })(this.#d, t, e?.signal, (t, r) => this.process(t, { ...e, signal: r }))
      )
    }
    flush() {
      return (async (t) => {
        const e = (t.flush = ((t) => {
          const e = t.flush,
            r = vt(t).flatMap(({ all: t }) => t),
            n = e ? r.filter(({ e: t }) => !t) : r
          return Promise.all([e, ...n.map(qt)])
        })(t))
        ;(Yt(t), await e, t.flush === e && (t.flush = void 0), await dt())
      })(this.#d)
    }
    onIdle() {
      return new Promise((t) => {
        const e = this.#d
        ;(e.h.push(() => {
          ft(t)
        }),
          e.update())
      })
    }
    pause() {
      this.#g(!0)
    }
    resume() {
      this.#g(!1)
    }
    close(t) {
      return new Promise((e) => {
        ;((t, e, r) => {
          const n = zt(t, e, () => {
            Dt(t, new DOMException("'timeout' of close() passed", 'TimeoutError'))
          })
          ;(t.closed.push(() => {
            ;(n.clear(), ft(r))
          }),
            'open' === t.e &&
              ((t.e = 'closing'),
              (t.u = !1),
              ((t) => {
                for (const e of t.l) U(t, e.t())
              })(t)),
            t.update())
        })(this.#d, Z('close Batcher', 'options', t).timeout, e)
      })
    }
    abort(t = AbortSignal.abort().reason) {
      Dt(this.#d, t)
    }
    [Symbol.asyncDispose]() {
      return this.close()
    }
    stats() {
      return ((t) => {
        const e = t.t.clock.now()
        return Object.freeze({
          name: t.t.name,
          state: t.e,
          queued: Et(t),
          waiting: t.a.size,
          active: t.i.size,
          abandoned: [...t.i].filter(({ abandoned: t }) => t).length,
          oldestAge: e - (t.n.byAge.first?.t.o.t ?? e),
          ...t.s,
        })
      })(this.#d)
    }
    #p(t, e, r) {
      X('process item', r)
      const n = this.#d,
        { weight: s, batchKey: i, dedupeKey: o, captureStacks: a } = n.t,
        c = {
          item: t,
          resolve: e,
          key: i?.(t),
          s: s.map(({ of: e, max: r }) => v(r)('process item', 'weight', e(t))),
          priority: r?.priority,
          r: (n.r += 1),
          o: Mt(n),
        },
        u = o?.(t),
        l = r?.signal
      if (void 0 !== l) {
        if (l.aborted) throw l.reason
        ;((t, e, r) => {
          const n =
            t.f.get(e) ??
            ((t, e) => {
              const r = new Set(),
                n = () => {
                  const n = []
                  for (const s of r) {
                    ;((t.s.aborted += 1), L(s, e.reason))
                    const { f: r = s } = s
                    ;(r.t?.delete(s), r.t?.size || (N(r, void 0), r.a?.e(r), n.push(r)))
                  }
                  H(t)
                  for (const t of n) (ot(t.a, it), t.i?.abort(e.reason))
                  t.update()
                },
                s = {
                  t: r,
                  release(s) {
                    ;(r.delete(s),
                      r.size > 0 ||
                        (e.removeEventListener('abort', n),
                        t.f.delete(e),
                        0 === t.f.size && (t.f = new Map())))
                  },
                }
              return (e.addEventListener('abort', n), t.f.set(e, s), s)
            })(t, e)
          ;(n.t.add(r), (r.n = n))
        })(n, l, c)
      }
      ;(a && Error.captureStackTrace?.(c, this.process), W(n, c, u))
    }
    #y(t, e) {
      return (
        l('process items', 'items', t), X('process items', e), [...t].map((t) => this.process(t, e))
      )
    }
    #g(t) {
      const e = this.#d
      ;((e.u = t && 'open' === e.e), e.update())
    }
    #m(t, e) {
      const r = this.#d
      ;((r.t[t] = Ut[t]('set ' + t, t, e)), r.n.i(), r.update())
    }
  }
function Wt(t, e, r, n) {
  const s = `Cannot ${e}: ${r}`
  return Object.assign(n ? new AggregateError(n, s) : Error(s), { code: t })
}
var Ht = new WeakMap()
function Vt(t, e) {
  const r = Ht.get(t) ?? new Xt()
  return (
    Ht.set(t, r),
    t.addEventListener('abort', r),
    r.add(e),
    () => {
      ;(r.delete(e), 0 === r.size && t.removeEventListener('abort', r))
    }
  )
}
var Xt = class extends Set {
  handleEvent() {
    for (const t of this) t()
  }
}
function Zt(t, e, r, n, s) {
  const i = g({ ...n, signal: y(h) }),
    o = new Map()
  let a = 0,
    u = 0,
    l = !1
  const f = (t, e, r, n) => {
      const i = (u += 1),
        a = () => {
          o.delete(i) && (c?.(), n?.aborted && r?.(n.reason), d.serve())
        },
        c = n && Vt(n, a)
      return (o.set(i, { weight: t, signal: n, serve: e, t: a }), s?.(), a)
    },
    d = {
      e: o,
      get first() {
        for (; o.size > 0;) {
          const t = o.get(a)
          if (t) {
            if (!t.signal?.aborted) return t
            t.t()
          } else a += 1
        }
      },
      t: () => (l || 0 === o.size ? e() : -1),
      wait: (e, n) =>
        new Promise((s, o) => {
          const { weight: a = 1, signal: c } = i(t, 'options', e),
            u = () => {
              try {
                s(r(a, n))
              } catch (t) {
                o(t)
              }
            }
          ;(c?.throwIfAborted(), a <= d.t() ? u() : f(a, u, o, c))
        }),
      attempt(e, n) {
        const { weight: s = 1 } = i(t, 'options', e)
        return s <= d.t() ? { value: r(s, n) } : void 0
      },
      onAllowance(e, r) {
        ;(c(t, 'serve', r), l || mt(d.serve))
        const { weight: n = 1 } = i(t, 'options', { weight: e })
        return f(n, async () => r())
      },
      serve() {
        if (l) return
        l = !0
        const t = u
        for (let { first: r } = d; r && r.weight <= e(); { first: r } = d) {
          if (a > t) {
            ;(a % 1e4 == 0 ? setTimeout : mt)(d.serve)
            break
          }
          ;(r.t(), r.serve())
        }
        ;((l = !1), s?.())
      },
    }
  return d
}
var te = class {
  capacity
  #w = new Map()
  #r = 0
  #b = 0
  #v = !1
  #E = Zt(
    'send',
    () => (this.#v ? 1 : this.capacity + (this.#z.first ? 1 : 0) - this.#w.size),
    (t, e) => {
      if (this.#v) throw ee()
      ;(this.#w.set((this.#b += 1), e), this.#z.serve())
    },
  )
  #z = Zt(
    'receive',
    () => (this.#v ? 1 : this.#A),
    () => {
      if (0 === this.#A) throw ee()
      const { first: t } = this.#E
      ;(t?.t(), t?.serve())
      const e = this.#w.get((this.#r += 1))
      return (this.#w.delete(this.#r), e)
    },
  )
  constructor(t = 0) {
    this.capacity = n('create Channel', 'capacity', t)
  }
  send(t, e) {
    return this.#E.wait(e, t)
  }
  receive(t) {
    return this.#z.wait(t)
  }
  trySend(t) {
    return void 0 !== this.#E.attempt({}, t)
  }
  tryReceive() {
    return this.#A > 0 ? this.#z.attempt() : void 0
  }
  close() {
    ;((this.#v = !0), this.#E.serve(), this.#z.serve())
  }
  [Symbol.asyncIterator]() {
    const t = new AbortController(),
      e = { signal: t.signal },
      r = { done: !0, value: void 0 }
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () =>
        this.receive(e).then(
          (t) => ({ done: !1, value: t }),
          () => r,
        ),
      return: async () => (t.abort(), r),
    }
  }
  get #A() {
    return this.#w.size + (this.#E.first ? 1 : 0)
  }
}
function ee() {
  return Wt('JITNEY_CHANNEL_CLOSED', 'use Channel', 'it is closed')
}
var re = (t, e, r) => i(t, e, a(t, e, r)),
  ne = g({
    limit: re,
    interval: re,
    of: y(p(['batches', 'items', 'weight']), 'batches'),
    clock: y(u, Rt),
  }),
  se = class {
    #T
    constructor(t) {
      ;(Object.assign(this, ne('create RateLimiter', 'options', t)),
        (this.#T = (({ limit: t, interval: e, clock: r }) => {
          const n = 2 ** (Math.ceil(Math.log2(t)) - 51),
            s = 2 ** (Math.ceil(Math.log2(e)) - 12),
            i = Math.ceil(t / n) * n,
            o = v(t),
            a = new Map()
          let c = 0,
            u = -1 / 0,
            l = 0
          const h = Zt(
              'take',
              () => {
                l = r.now()
                for (const [t, e] of a) {
                  if (t > l) break
                  ;((c -= e), a.delete(t))
                }
                return l < u ? -1 : i - c
              },
              (t) => {
                if (0 === t) return
                c += t
                const r = Math.ceil((l + e) / s) * s
                a.set(r, (a.get(r) ?? 0) + t)
              },
              {
                weight(t, e, r = 1) {
                  const s = o(t, e, r)
                  return s - (s % n)
                },
              },
              () => {
                const [t = l] = a.keys()
                f.set(h.first ? (l < u ? u : t) : 1 / 0)
              },
            ),
            f = new ut(r, lt(), h.serve)
          return Object.assign(h, {
            r(t) {
              ;((u = Math.max(u, r.now() + t)), h.serve())
            },
          })
        })(this)))
    }
    get allowance() {
      return Math.min(this.limit, Math.max(0, this.#T.t()))
    }
    get queued() {
      return this.#T.e.size
    }
    take(t) {
      return this.#T.wait(t)
    }
    tryTake(t) {
      return void 0 !== this.#T.attempt({ weight: t })
    }
    onAllowance(t, e) {
      return this.#T.onAllowance(t, e)
    }
    penalize(t) {
      this.#T.r(v(1 / 0)('penalize', 'duration', t))
    }
  },
  ie = class {
    #S = 0
    #k = 0
    #x
    #T = Zt(
      'acquire',
      () => this.#S - this.#k,
      (t) => {
        this.#k += t
        let e = t
        const r = () => {
          ;((this.#k -= e), (e = 0), this.#T.serve())
        }
        return { release: r, [Symbol.dispose]: r }
      },
      { weight: (t, e, n = 1) => this.#x(t, e, r(t, e, n)) },
    )
    constructor(t) {
      this.capacity = t
    }
    get capacity() {
      return this.#S
    }
    set capacity(t) {
      ;((this.#S = n('set capacity', 'capacity', t)), (this.#x = v(t || 1 / 0)), this.#T.serve())
    }
    get active() {
      return this.#k
    }
    get queued() {
      return this.#T.e.size
    }
    acquire(t) {
      return this.#T.wait(t)
    }
    tryAcquire(t) {
      return this.#T.attempt(t)?.value
    }
    onAllowance(t, e) {
      return this.#T.onAllowance(t, e)
    }
  }
function oe(t, e) {
  try {
    return t?.aborted && (e === t.reason || 'AbortError' === e.name)
  } catch {
    return !1
  }
}
function ae(t, e, r, i = {}, o, a, u, f, d) {
  const m = E(e, Symbol.asyncIterator) || !l(t, 'source', e)
  ;(c(t, 'fn', r), b(t, i, o ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal']))
  const { concurrency: p = 1 / 0, signal: y, buffer: g } = i
  ;(s(t, 'concurrency', p),
    void 0 !== y && h(t, 'signal', y),
    void 0 !== g && n(t, 'buffer', g),
    Array.isArray(e) && e.forEach(ce))
  const w = [],
    v = [],
    z = {}
  let A,
    T,
    S,
    k = 0,
    x = 0,
    I = 0,
    M = !1,
    O = !1,
    _ = !1
  const N = () => {
      if (M || O || _) return !1
      const t = Math.max(1, p.capacity ?? p)
      return x < t && x + P.e < t + (g ?? (o ? t : 0))
    },
    j = async () => {
      const t = v.pop() ?? w.push(void 0) - 1
      for (; N();) {
        let n
        M = !0
        try {
          if (((A ??= e[m ? Symbol.asyncIterator : Symbol.iterator]()), !_)) {
            const t = A.next(),
              e = m ? await t : t
            e.done ? (O = !0) : (n = e.value)
          }
        } catch (t) {
          ;((O = !0), (S ??= [t]), P.stop())
        }
        if (((M = !1), ce(n), O || _)) break
        const s = k
        ;((k += 1), (x += 1))
        const i = a()
        m && P.t()
        const o = (w[t] = new AbortController())
        let c,
          l,
          h = 0
        try {
          ;('function' == typeof n?.then && (n = await n),
            (I += h = 1),
            p.acquire && (c = await p.acquire({ signal: o.signal })),
            _ ||
              ((l = r(n, s, o)),
              (l = await l),
              _ || u(i, d ? { status: 'fulfilled', value: l } : l)))
        } catch (t) {
          ;(l || (await l),
            d
              ? u(i, { status: 'rejected', reason: t })
              : oe(o.signal, t) || oe(y, t) || ((z[s] = t), P.stop()))
        }
        ;(c?.release(), (I -= h), (x -= 1), p.acquire && P.t())
      }
      ;((w[t] = void 0), v.push(t), P.t())
    },
    P = {
      e: 0,
      t() {
        for (y && !_ && ((T ??= Vt(y, P.stop)), y.aborted && P.stop()); N();) j()
        if (
          (O && x + P.e === 0 && P.stop(),
          _ &&
            ((async () => {
              if (O || !A || (M && !m)) return
              O = !0
              const t = M ? 0 : 1
              I += t
              try {
                await A.return?.()
              } catch (t) {
                S ??= [t]
              }
              ;((I -= t), P.t())
            })(),
            0 === I))
        ) {
          const t = Object.values(z)
          ;((S ??= t.length > 1 ? [new AggregateError(t, 'items failed')] : t), f(S))
        }
      },
      stop() {
        if (!_) {
          ;((_ = !0), y?.aborted && (S ??= [y.reason]), T?.())
          for (const t of w) t?.abort(y?.reason)
          P.t()
        }
      },
    }
  return P
}
function ce(t) {
  t instanceof Promise && t.catch(() => {})
}
function ue(t, e, r, n, s) {
  const i = (t) => (t.next ??= { e: void 0, t: void 0 })
  let o,
    a = {},
    c = a,
    u = a,
    l = !1
  const h = () => (u = i(u)),
    f = ae(
      t,
      e,
      r,
      n,
      s,
      s ? h : () => {},
      (t = h(), e) => {
        ;((t.e = { done: !1, value: e }), (f.e += 1), d())
      },
      (t) => {
        ;((o = t), d())
      },
    ),
    d = () => {
      for (let t = a.next; t?.t; t = a.next) {
        const e = t.e && !l && !n?.signal?.aborted,
          r = e ? t.e : o && m(o)
        if (!r) return
        ;((a = t), t.t(r), e && ((f.e -= 1), f.t()))
      }
    },
    m = async (t) => {
      if (t.length > 0 && !l) throw ((l = !0), t[0])
      return { done: !0, value: void 0 }
    },
    p = () =>
      new Promise((t) => {
        ;(((c = i(c)).t = t), d(), f.t())
      }),
    y = () => ((l = !0), f.stop(), p())
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: p,
    return: y,
    async throw(t) {
      throw (await y(), t)
    },
  }
}
function le(t, e, r) {
  return (
    'function' == typeof e || r || ((r = e), (e = (t, e, r) => t(r))),
    ue('call asCompleted', t, e, r)
  )
}
var he = {}
function fe(t) {
  let e = r('limit', 'concurrency', t),
    n = 0,
    s = 0,
    i = {},
    o = i
  const a = (t) => {
      ;((s += 1), (o.t = t), (o = o.next = {}))
    },
    u = () => {
      for (; n < e && i.next; i = i.next) ((s -= 1), (n += 1), i.t?.())
    }
  return Object.defineProperties(
    async function t(r, ...s) {
      ;(c('limit', 'fn', r), n < e ? (n += 1) : (he.wait?.(t), await new Promise(a)))
      try {
        const { call: e } = he
        return e ? await e(t, () => r(...s)) : await r(...s)
      } finally {
        ;((n -= 1), u())
      }
    },
    {
      active: { get: () => n },
      queued: { get: () => s },
      concurrency: {
        get: () => e,
        set: (t) => {
          ;((e = r('limit', 'concurrency', t)), u())
        },
      },
    },
  )
}
function de(t, e, r) {
  return pe('call map', t, e, r)
}
function me(t, e, r) {
  return pe('call mapSettled', t, e, r, !0)
}
function pe(t, e, r, n, s) {
  return new Promise((i, o) => {
    const a = []
    ae(
      t,
      e,
      r,
      n,
      !1,
      () => a.push(void 0) - 1,
      (t, e) => {
        a[t] = e
      },
      (t) => {
        ;(t.forEach(o), i(a))
      },
      s,
    ).t()
  })
}
function ye(t, e, r) {
  return ue('call mapIterable', t, e, r, !0)
}
var ge = class extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }
  code = 'JITNEY_TIMEOUT'
  constructor(t) {
    ;(super(`it took longer than ${t} ms`), (this.timeout = t))
  }
}
function we(t) {
  const e = new AbortController(),
    r = (t) => {
      e.abort(t)
    }
  return { signal: e.signal, abort: r, t: be(t, r) }
}
function be({ signal: t, timeout: e = 1 / 0, clock: r = Rt }, n) {
  const s = new ut(
    r,
    (t) => t(),
    () => {
      n(new ge(e))
    },
  )
  s.set(r.now() + e)
  const i = () => {
    n(t?.reason)
  }
  t?.aborted && i()
  const o = t && Vt(t, i)
  return () => {
    ;(s.clear(), o?.())
  }
}
var ve = g({
    timeout: y(o),
    signal: y(h),
    clock: y(u),
    until: y(
      f('one of all, first, first-error', (t) => ['all', 'first', 'first-error'].includes(t)),
      'all',
    ),
  }),
  Ee = new WeakMap()
async function ze(t, e) {
  l('wait', 'tasks', t)
  const r = ve('wait', 'options', e),
    { until: n } = r,
    s = new Set(),
    i = new Set(t),
    o = []
  await new Promise((t) => {
    ;(o.push(be(r, t)), 0 === i.size && t())
    for (const e of i) {
      const r = Ae(e),
        a = () => {
          ;(i.delete(e), s.add(e), (0 === i.size || 'first' === n || (r.t && 'all' !== n)) && t())
        }
      ;(r.add(a), o.push(() => r.delete(a)), void 0 !== r.t && a())
    }
  })
  for (const t of o) t()
  return { done: s, waiting: i }
}
function Ae(t) {
  const e = E(t, 'then') ? t : t?.promise,
    r = Ee.get(e)
  if (r) return r
  const n = new Xt(),
    s = (t) => () => {
      ;((n.t = t), n.handleEvent())
    }
  return (E(e, 'then') ? (Ee.set(e, n), e.then(s(!1), s(!0))) : s(!1)(), n)
}
var Te = g({ timeout: o, signal: y(h), clock: y(u), fallback: (t, e, r) => r })
async function Se(t, e) {
  c('call withTimeout', 'fn', t)
  const r = Te('call withTimeout', 'options', e),
    { signal: n, fallback: s } = r,
    { signal: i, t: o } = we(r)
  try {
    i.throwIfAborted()
    const e = await t({ signal: i })
    return (i.throwIfAborted(), e)
  } catch (t) {
    if (!oe(i, t)) throw t
    if (void 0 === s || i.reason === n?.reason) throw i.reason
    return s
  } finally {
    o()
  }
}
var ke = 'run task group',
  xe = g({ signal: y(h), concurrency: y(s, 1 / 0), retain: y(m('boolean'), !0) }),
  Ie = g({ name: y(m('string')) })
async function Me(t, e) {
  c(ke, 'body', t)
  const { signal: r, concurrency: n, retain: s } = xe(ke, 'options', e),
    i = 'number' == typeof n ? new ie(n) : n,
    { signal: o, abort: a, t: u } = we({ signal: r })
  o.throwIfAborted()
  const l = new Set(),
    h = new Set()
  let f,
    d,
    m = 0,
    p = 0,
    y = !1,
    g = {},
    w = g
  const b = () => {
    ;(d?.(),
      (f = new Promise((t) => {
        d = t
      })))
  }
  function v(t, e, r) {
    return oe(e, t)
      ? 'aborted'
      : (r ||
          (l.add(t),
          a(
            Object.assign(Wt('JITNEY_GROUP_ABORTED', ke, 'a task failed'), { name: 'AbortError' }),
          )),
        'rejected')
  }
  function E(t, e, r, n) {
    c(ke, 'fn', t)
    const { name: a = t.name || 'task ' + (p + 1) } = Ie(ke, 'options', e)
    if (y) throw Wt('JITNEY_GROUP_ENDED', ke, 'it has ended')
    o.throwIfAborted()
    const { signal: u, abort: l, t: f } = we(z)
    let d, E, A
    const T = {
      name: a,
      state: 'queued',
      result() {
        if ('fulfilled' === T.state) return d
        throw T.error()
      },
      error() {
        if (!h.has(T)) return E
        throw Wt('JITNEY_TASK_NOT_ENDED', `read task '${a}'`, 'it is ' + T.state)
      },
      abort: l,
    }
    ;(h.add(T),
      (p += 1),
      (T.promise = (async () => (
        r || ((m += 1), (A = i.tryAcquire() ?? (await i.acquire({ signal: u })))),
        u.throwIfAborted(),
        (T.state = 'running'),
        t({
          signal: u,
          started: (t) => {
            ;(n?.(t), (n = void 0))
          },
        })
      ))()))
    const S = (t) => {
      ;((T.state = t),
        f(),
        h.delete(T),
        r || ((m -= 1), (g.t = T), (g = g.next = {}), s || (w = g)),
        b(),
        A?.release())
    }
    return (
      T.promise.then(
        (t) => {
          ;((d = t), S('fulfilled'))
        },
        (t) => {
          ;((E = t), S(v(t, u, n)))
        },
      ),
      T
    )
  }
  b()
  const z = {
    signal: o,
    spawn: E,
    start: (t, e) => {
      const r = new Promise((n, s) => {
        ;(async () => {
          throw (
            await E(t, e, !1, n).promise,
            o.throwIfAborted(),
            Wt('JITNEY_TASK_NOT_STARTED', 'start task', 'it has ended')
          )
        })().catch((t) => {
          ;(oe(o, t) && r.catch(() => {}), s(t))
        })
      })
      return r
    },
    background: (t, e) => E(t, e, !0),
    abort: a,
    stats() {
      const t = [...h].filter((t) => 'running' === t.state).map((t) => t.name)
      return Object.freeze({
        queued: h.size - t.length,
        running: t.length,
        ended: p - h.size,
        names: t,
      })
    },
    async *[Symbol.asyncIterator]() {
      let t = w
      for (; t.next || m > 0;) t.next ? (yield t.t, (t = t.next)) : await f
    },
  }
  let A
  try {
    A = await t(z)
  } catch (t) {
    v(t, o)
  }
  for (; h.size > 0;) (0 === m && a(), await f)
  if (((y = !0), u(), l.size > 0)) throw Wt('JITNEY_GROUP_FAILED', ke, l.size + ' tasks failed', l)
  return (o.reason === r?.reason && o.throwIfAborted(), A)
}
export {
  S as BatchAbortedError,
  T as BatchError,
  k as BatchTimeoutError,
  Gt as Batcher,
  x as BatcherClosedError,
  te as Channel,
  I as QueueFullError,
  se as RateLimiter,
  ie as Semaphore,
  ge as TimeoutError,
  le as asCompleted,
  fe as limit,
  de as map,
  ye as mapIterable,
  me as mapSettled,
  wt as outcome,
  Me as taskGroup,
  ze as wait,
  Se as withTimeout,
}
