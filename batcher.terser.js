function t(t) {
  try {
    if ('string' == typeof t) return JSON.stringify(t.slice(0, 60))
    if ((Object(t) !== t && 'bigint' != typeof t) || t instanceof Error) return t + ''
    const { length: e } = t,
      s = {}.toString.call(t).slice(8, -1)
    return 'number' == typeof e ? `${s} of ${e}` : s
  } catch {
    return 'an object'
  }
}
function e(e, s, r, n, i = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === i ? RangeError : TypeError)(
      `Cannot ${e}: '${s}' must be ${r}, received ${t(n)}`,
    ),
    { code: i },
  )
}
var s = h('an integer of at least 1, or Infinity', w, 'number'),
  r = h(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => w(t) || b(t, 'tryAcquire'),
    'number',
  ),
  n = h('a number above 0', (t) => v(t) && t > 0, 'number'),
  i = h('milliseconds of at least 0', v, 'number'),
  o = h('a finite number', (t) => Number.isFinite(t), 'number'),
  a = f('a function', 'call'),
  c = f('a Clock', 'clearTimeout'),
  u = f('an iterable', Symbol.iterator),
  l = f('an AbortSignal', 'addEventListener')
function h(t, s, r) {
  return (n, i, o) => {
    if (s(o)) return o
    throw e(n, i, t, o, typeof o === r ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function f(t, e) {
  return h(t, (t) => b(t, e))
}
function d(t) {
  return h('a ' + t, (e) => typeof e === t)
}
function m(t) {
  return h('one of ' + t.join(', '), (e) => t.includes(e), 'string')
}
function p(t, e) {
  return (s, r, n = e) => (void 0 === n ? n : t(s, r, n))
}
function y(t) {
  const s = Object.keys(t)
  return (r, n, i = {}) => {
    ;((t, s, r, n = 'options') => {
      if ('[object Object]' !== {}.toString.call(s)) throw e(t, n, 'an object', s)
      for (const n in s)
        if (!r.includes(n))
          throw e(t, 'option', 'one of ' + r.join(', '), n, 'JITNEY_UNKNOWN_OPTION')
    })(r, i, s, n)
    const o = {}
    for (const e of s) o[e] = t[e](r, 'options' === n ? e : `${n}.${e}`, i[e])
    return o
  }
}
function g(t) {
  return (e, s, r) => Array.from([].concat(r), (r) => t(e, s, r))
}
function b(t, e) {
  return 'function' == typeof t?.[e]
}
function w(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
function v(t) {
  return 'number' == typeof t && t >= 0
}
var z = class extends Error {
    static {
      this.prototype.name = 'BatchError'
    }
    code = 'JITNEY_BATCH_FAILED'
  },
  E = class extends Error {
    static {
      this.prototype.name = 'BatchAbortedError'
    }
    code = 'JITNEY_BATCH_ABORTED'
  },
  T = class extends Error {
    static {
      this.prototype.name = 'BatchTimeoutError'
    }
    code = 'JITNEY_BATCH_TIMEOUT'
    started = !0
  },
  S = class extends Error {
    static {
      this.prototype.name = 'BatcherClosedError'
    }
    code = 'JITNEY_BATCHER_CLOSED'
    started = !1
  },
  x = class extends Error {
    static {
      this.prototype.name = 'QueueFullError'
    }
    code = 'JITNEY_QUEUE_FULL'
  }
function k(t, e) {
  ;(e.n ?? e.t) && (e.a = t)
}
var A = {}
function j(t) {
  return void 0 !== t.resolve
}
function M(t, e) {
  const { resolve: s, n: r } = t
  return (
    void 0 !== s &&
    ((t.resolve = void 0),
    (t.item = void 0),
    void 0 !== r && ((t.n = void 0), r.release(t)),
    s(e),
    !0)
  )
}
function O(t, e, s, r) {
  e.n ??= new WeakSet()
  const n = s.t?.size > 1 || e.n.has(r)
  ;(e.n.add(Object(r)), N(t, [s], () => (n ? $(t, z, { cause: r }) : r)))
}
function _(t, e, s, r) {
  N(t, s, () => $(t, z, { cause: r }, void 0, e))
}
function B(t, e) {
  const { timeout: s } = t.t
  return $(t, T, { timeout: s }, `it took longer than ${s} ms`, e)
}
function N(t, e, s) {
  for (const r of e) {
    for (const e of r.t ?? [r]) {
      if (!j(e)) continue
      const n = s(r)
      ;((t.s.rejected += 1), void 0 !== e.stack && L(e.stack, n), I(e, n))
    }
    ;(r.t?.clear(), M(r, void 0))
  }
}
function I(t, e) {
  M(t, Promise.reject(e))
}
function $(e, s, r, n = ((e) => t(e).replace(/^Error: /, ''))(r.cause), i) {
  const { name: o } = e.t
  return Object.assign(
    new s(
      `Cannot process ${i ? 'batch of ' + i.size : 'item'}${void 0 === o ? '' : ` of '${o}'`}: ${n}`,
      r,
    ),
    r,
  )
}
function L(t, e) {
  try {
    e.stack.includes(C) || (e.stack += t.replace('Error', C))
  } catch {}
}
var C = '\n    called from'
function Q({ t: { concurrency: t } }) {
  return 'number' == typeof t ? t : 1 / 0
}
function P(t) {
  ;(t.wait?.t(), (t.wait = void 0))
}
function K(t, e, s) {
  t.wait?.e !== e &&
    (P(t),
    (t.wait = {
      e,
      r: s,
      t: e.onAllowance(s, () => {
        ;((t.wait = void 0), (t.p = 1), t.update(!0), (t.p = 1 / 0))
      }),
    }))
}
function J(t, { of: e }) {
  return 'items' === e ? t.length : 'weight' !== e ? 1 : t.reduce((t, { s: e }) => t + e[0], 0)
}
function Y(t, e) {
  return e.r <= t.m
}
function D(t, e) {
  for (const s of e) (k(t.n, s), t.n.push(s))
}
function F(t, e) {
  ;((e.item = void 0), (e.f = t), t.t?.add(e))
}
function R(t) {
  return t.t.maxQueueSize - t.n.size + t.n.r
}
function U(t, e, s) {
  const { dedupeKey: r, maxQueueSize: n, overflow: i } = t.t,
    o = 'open' === t.e,
    a = o && t.d.get(e.key)?.get(s),
    c = R(t)
  if (!o || (!a && c <= 0 && 'reject' === i))
    return (
      (t.s.refused += 1),
      I(
        e,
        o
          ? $(t, x, { maxQueueSize: n }, `'maxQueueSize' of ${n} is reached`)
          : $(t, S, {}, 'it is closed'),
      )
    )
  if (a) return F(a, e)
  const u = r
      ? ((t, e, s) => {
          const r = t.d.get(e.key) ?? new Map(),
            n = new Set(),
            i = {
              ...e,
              t: n,
              n: void 0,
              resolve(i) {
                ;(r.delete(s),
                  0 === r.size && t.d.delete(e.key),
                  (t.s.fulfilled += Math.max(0, n.size - 1)))
                for (const t of n) M(t, i)
              },
            }
          return (t.d.set(e.key, r.set(s, i)), F(i, e), i)
        })(t, e, s)
      : e,
    l = c > 0 ? t.n : t.a
  ;(k(l, u), (l.push(u) || 1 === c) && t.i.size < Q(t) && t.update())
}
function W(t) {
  for (; t.a.size > 0 && R(t) > 0;) {
    const e = t.a.first
    ;(t.a.e(e), D(t, [e]))
  }
}
var q = y({ signal: p(l), priority: p(o) })
function G(t, e) {
  let s = void 0 === e
  for (const t in e) {
    const r = e[t]
    if (
      ((s = 'signal' === t ? r instanceof AbortSignal : 'priority' === t && Number.isFinite(r)), !s)
    )
      break
  }
  s || q(t, 'options', e)
}
var H = y({ timeout: p(i, 1 / 0) })
function V(t) {
  const { process: e } = globalThis
  return e?.getBuiltinModule?.(t)
}
var X = V('node:diagnostics_channel'),
  Z = X?.tracingChannel?.('jitney:batch'),
  tt = X?.channel('jitney:batch:abandoned'),
  et = V('node:util')?.debuglog('jitney'),
  st = AbortSignal.abort().reason
function rt(t, e) {
  const { entries: s, message: r } = t
  if (r && !t.abandoned) {
    for (; t.o < s.length; t.o += 1) if (j(s[t.o])) return
    ;((t.abandoned = !0),
      t.r?.clear(),
      tt?.publish(r),
      nt(t, e),
      (t.entries = s.map((t) => (t.attempts ? t : A))))
  }
}
function nt({ entries: t, i: e }, s) {
  e.abort(s)
  for (const e of t) e.i?.abort(s)
}
function it(t, e) {
  ;(t.i.delete(e), e.r?.clear(), e.s?.(), (e.entries = []), e.f.release?.(), t.update())
}
var ot = class {
  deadline = 1 / 0
  constructor(t, e, s) {
    let r
    this.set = (n) => {
      if (n === this.deadline) return
      if ((t.clearTimeout(r), (this.deadline = n), n === 1 / 0)) return
      const i = () => {
          const e = this.deadline
          ;(this.clear(), t.now() < e ? this.set(e) : s())
        },
        o = Math.min(Math.max(0, n - t.now()), 2 ** 31 - 1)
      r = e(() => t.setTimeout(i, o))
    }
  }
  clear() {
    this.set(1 / 0)
  }
}
function at(t) {
  const { maxQueueTime: e, oldestArrival: s } = t,
    r = t.full ? 'size' : t.asked
  return r
    ? { at: -1 / 0, reason: r }
    : 'adaptive' === e
      ? { at: s, reason: t.active ? 'slot' : 'idle' }
      : { at: s + e, reason: 'time' }
}
function ct(t) {
  lt(() => {
    const { process: e, setImmediate: s = setTimeout } = globalThis
    ;(e?.nextTick ?? s)(t)
  })
}
function ut() {
  return new Promise(ct)
}
function lt(t) {
  Promise.resolve().then(t)
}
var ht = class {
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
        ((t, { aborted: e, reason: s }) => {
          const r = new AbortController(),
            { signal: n } = r,
            { id: i = `${(ft += 1)}-${Math.random()}`, attempts: o = 0 } = t
          return (
            j(t) && Object.assign(t, { id: i, i: r }),
            (!e && j(t)) || r.abort(s),
            { id: i, attempt: o + 1, signal: n }
          )
        })(t, this.signal),
      ))
    }
  },
  ft = 0,
  dt = Symbol.for('jitney.outcome')
function mt(t) {
  return [t.n, t.a, ...t.c, ...t.l]
}
function pt(t) {
  return mt(t).reduce((t, { size: e }) => t + e, -t.a.size)
}
function yt(t, e, s) {
  const r = new ot(t.t.clock, t.y, s)
  return (r.set(t.t.clock.now() + e), r)
}
function gt(t, e, s) {
  const r = [],
    n = {
      size: 0,
      r: yt(t, s, () => {
        ;(D(t, n.t()), t.update())
      }),
      get all() {
        return r.filter(j)
      },
      add(t) {
        ;(e.add(n), r.push(t), k(n, t), (n.size += 1))
      },
      e() {
        ;((n.size -= 1), 0 === n.size && n.t())
      },
      t: () => (e.delete(n), n.r.clear(), n.all),
    }
  return n
}
function bt({ t }, e) {
  return vt(() => t.retry.when(e)) ? t.retry.attempts : 0
}
function wt(t, e, s, r, n) {
  if (!j(s)) return !1
  t.flush = void 0
  const i = (s.attempts = (s.attempts ?? 0) + 1)
  if (i >= r) return !0
  e.t ??= new Map()
  let o = e.t.get(n)
  if (!t.l.has(o)) {
    const { minDelay: s, maxDelay: r } = t.t.retry,
      a = Math.min(r, s * 2 ** (i - 1)),
      c = Math.max(n, Math.random() * a || 0)
    ;((o = gt(t, t.l, 'open' === t.e ? c : 0)), e.t.set(n, o))
  }
  return (o?.add(s), !1)
}
function vt(t) {
  try {
    return !0 === t()
  } catch {
    return !1
  }
}
async function zt(t, s, r, n) {
  s.open += 1
  try {
    const i = await r()
    void 0 === n
      ? ((t, s, r) => {
          const { entries: n, size: i } = s,
            o = Array.isArray(r) || ArrayBuffer.isView(r) ? r : []
          void 0 !== r &&
            o.length !== i &&
            _(
              t,
              s,
              n,
              e(
                'take results',
                'results',
                `an array of ${i} outcomes, or undefined`,
                r,
                'JITNEY_WRONG_RESULT',
              ),
            )
          const a = Math.max(i, o.length)
          for (let e = 0; e < a; e += 1) {
            const r = n[e] ?? A
            try {
              const n = o[e]
              'object' == typeof n || 'function' == typeof n
                ? Et(t, s, e, n)
                : M(r, n) && (t.s.fulfilled += 1)
            } catch (e) {
              O(t, s, r, e)
            }
          }
        })(t, s, i)
      : Et(t, s, n, i)
  } catch (e) {
    void 0 === n
      ? ((t, e, s) => {
          const r = e.attempts ?? bt(t, s),
            n = e.entries.filter((s) => wt(t, e, s, r, 0))
          if (
            t.t.splitOnError &&
            e.size > 1 &&
            !((t) =>
              vt(() => {
                const { name: e, status: s, statusCode: r } = Object(t)
                return /(Abort|Timeout)Error$/.test(e) || [s, r].includes(429)
              }))(s)
          )
            for (const e of [n.splice(0, Math.ceil(n.length / 2)), n]) {
              const s = gt(t, t.c, 1 / 0)
              for (const t of e) s.add(t)
            }
          else _(t, e, n, s)
        })(t, s, e)
      : O(t, s, s.entries[n] ?? A, e)
  }
  ;((s.open -= 1), (s.t = void 0), 0 === s.open ? it(t, s) : (rt(s, st), s.abandoned && t.update()))
}
function Et(t, e, s, r) {
  const n = e.entries[s] ?? A,
    i = ((a = r), a?.[dt]),
    o = i ? r.content : r
  var a
  if ('error' === i || r instanceof Error) O(t, e, n, o)
  else if ('retry' === i) {
    const { rateLimit: r, retry: i } = t.t,
      a = o
    if (a < 1 / 0) for (const t of r) t.penalize(a)
    ;((e.entries[s] = A),
      wt(t, e, n, i.attempts, a) &&
        ((t, e) => {
          const s = `not done after ${t.t.retry.attempts} attempts`
          N(t, e, () => $(t, z, {}, s))
        })(t, [n]))
  } else
    b(o, 'then')
      ? zt(t, e, async () => (i ? { ...r, content: await o } : o), s)
      : M(n, o) && (t.s.fulfilled += 1)
}
function Tt(t) {
  return (
    t.o ||
      ((t.o = { t: t.t.clock.now() }),
      ct(() => {
        ;((t.o = void 0), t.update(!0))
      })),
    t.o
  )
}
function St(t, e) {
  const { n: s, u: r, t: n } = t
  for (const e of t.c)
    if (!r || e.all.some((e) => Y(t, e))) return xt(t, 'split', e.all, () => e.t())
  let i,
    o = 1 / 0,
    a = t.i.size
  for (const c of ['byAge', 'ready']) {
    const u = a < Q(t) ? s[c].first : void 0
    if (!u) continue
    const { t: l } = u,
      h = Y(t, l)
    if (r && !h) continue
    const { at: f, reason: d } = at({
      full: !r && (u.full || R(t) <= 0),
      asked: 'open' === t.e ? (h ? 'flush' : u.r ? 'retry' : void 0) : 'close',
      oldestArrival: l.o.t,
      maxQueueTime: n.maxQueueTime,
      active: a,
    })
    if (f <= l.o.t || (f < 1 / 0 && f <= n.clock.now())) {
      if (e || f === -1 / 0) return xt(t, d, [u.first], () => s.take(u))
      ;((i = !1), l.o !== Tt(t) && (a += 1))
    } else o = Math.min(o, f)
  }
  return (t.g.set(o), i)
}
function xt(t, e, s, r) {
  t.g.clear()
  const n = ((t, e) => {
    const { concurrency: s, rateLimit: r } = t.t,
      { wait: n } = t,
      i = t.p > 0
    n && n.r > J(e, n.e) && P(t)
    for (const s of r) {
      const r = J(e, s)
      if (!i || !s.tryTake(0) || s.allowance < r) return K(t, s, r)
    }
    return 'number' == typeof s ? t.i.size < s && {} : (i && s.tryAcquire()) || K(t, s, 1)
  })(t, s)
  if (n) {
    const s = r()
    for (const e of t.t.rateLimit) e.tryTake(J(s, e))
    ;((t.p -= 1),
      ((t, e, s, r) => {
        const { batcher: n, s: i, t: o } = t,
          { clock: a, name: c, timeout: u } = o,
          l = {
            f: r,
            i: new AbortController(),
            entries: e,
            o: 0,
            size: 0,
            open: 0,
            e() {
              l.a = !0
            },
          }
        if (((t.flush = void 0), t.f.size > 0)) for (const t of e) k(l, t)
        t.i.add(l)
        const h = () => {
          const e = a.now()
          ;(l.a || 'closed' === t.e) && (l.entries = l.entries.filter(j))
          const r = (l.size = l.entries.length)
          if (0 === r) return it(t, l)
          let o = e
          for (const { o: t } of l.entries) o = Math.min(o, t.t)
          const h = { batcher: n, name: c, reason: s, size: r, queueTime: e - o },
            f = () => (h.duration = a.now() - e)
          ;((l.message = h),
            (l.s = () => {
              ;((i.totalDuration += f()), et?.('%j', { ...h, batcher: void 0 }))
            }),
            (i.batches += 1),
            (i.items += r),
            (l.r = yt(t, u, () => {
              const e = B(t, l),
                s = (l.attempts = bt(t, e)),
                r = l.entries.filter(({ attempts: t = 0 }) => t + 1 >= s)
              ;(N(t, r, () => B(t, l)), rt(l, e), nt(l, e), t.update())
            })))
          const d = new ht(l, s),
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
          zt(t, l, () => (Z?.hasSubscribers ? Z.tracePromise(p, h) : m()))
        }
        lt(() => {
          t.y(h)
        })
      })(t, s, e, n),
      W(t))
  }
  return !!n
}
var kt = class extends Set {
    t = []
    get first() {
      let t
      for (; this.size > 0 && !this.has((t = this.t.at(-1)));)
        this.t.pop() || (this.t = [...this].sort((t, e) => e.t.r - t.t.r))
      return t
    }
  },
  At = class {
    size = 0
    #e = []
    #s = 0
    get first() {
      for (; ; this.#s += 1) {
        const t = this.#e[this.#s]
        if (!t || j(t)) return t
      }
    }
    get all() {
      return (
        this.#s > 0 && (this.#e = this.#e.slice(this.#s)),
        (this.#s = 0),
        this.#e.length > this.size && (this.#e = this.#e.filter(j)),
        this.#e
      )
    }
    push(t) {
      ;(this.#e.push(t), (this.size += 1))
    }
    e(t) {
      ;((this.size -= 1), t === this.#e[this.#s] && (this.#s += 1), this.#e)
    }
    clear() {
      const { all: t } = this
      return ((this.#e = []), (this.size = 0), t)
    }
  },
  jt = class extends At {
    key
    r = 0
    #r
    #n
    #i = 1 / 0
    #o
    #a
    constructor(t, e) {
      ;(super(),
        (this.key = t),
        (this.#r = e),
        (this.#n = e.t.weight.map(({ max: t }) => 0.999999999 * t)))
    }
    get full() {
      return this.size >= this.#r.t.maxBatchSize || this.#i <= 0
    }
    get first() {
      return (!1 === this.#o && ((this.#o = !0), this.all.sort(Ot)), super.first)
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
        (this.#r.size -= this.size),
        (this.#r.r -= this.r),
        (this.key = this.#a = void 0),
        super.clear()
      )
    }
    #c(t, e) {
      const { attempts: s } = t
      ;((this.#r.size += e),
        t.s && (Mt(this.#n, t.s, e), (this.#i = Math.min(...this.#n))),
        s && ((this.r += e), (this.#r.r += e)),
        (s || t === this.#a) && (this.#a = void 0))
    }
  }
function Mt(t, e, s) {
  e.forEach((e, r) => {
    t[r] = t[r] - s * e
  })
}
function Ot(t, e) {
  return _t(t) - _t(e) || t.r - e.r
}
function _t({ attempts: t, priority: e = 0, o: s }) {
  return t ? -1 / 0 : s.t - 1e3 * e
}
var Bt = class {
  size = 0
  r = 0
  t
  #u = new Map()
  byAge = new kt()
  ready = new kt()
  constructor(t) {
    this.t = t
  }
  get all() {
    return [...this.byAge].flatMap(({ all: t }) => t)
  }
  push(t) {
    const { key: e, attempts: s } = t
    let r = this.#u.get(e)
    return (
      r || ((r = new jt(e, this)), this.#u.set(e, r), this.byAge.add(r)),
      r.push(t),
      s && (this.byAge.t = []),
      this.#l(r)
    )
  }
  e(t) {
    const e = this.#u.get(t.key)
    ;(e.e(t), this.#h(e))
  }
  take(t) {
    const { maxBatchSize: e, rateLimit: s, weight: r } = this.t,
      n = r.map(({ max: t }) => t)
    let i = e
    for (const { of: t, allowance: e } of s)
      ('items' === t && (i = Math.min(i, e)), 'weight' === t && (n[0] = Math.min(n[0], e)))
    if (t.size <= i && 0 === r.length) return this.#f(t)
    const o = []
    let a
    for (; o.length + 1 <= i && (a = t.first) && (Mt(n, a.s ?? [], 1), !n.some((t) => t < 0));)
      (t.e(a), o.push(a))
    return (this.#h(t), o)
  }
  i() {
    for (const t of this.#u.values()) this.#h(t)
  }
  #l(t) {
    const { full: e, r: s } = t
    return ((e || s > 0) && !this.ready.has(t) && (this.ready.add(t), (this.ready.t = [])), e)
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
function Nt(t, e) {
  if ('closed' === t.e) return
  t.e = 'closed'
  const s = (s, r) => {
    N(t, s, ({ attempts: s }) => $(t, E, { started: !!(r ?? s), cause: e }))
  }
  for (const e of mt(t)) {
    const { all: t } = e
    s(t)
    for (const s of t) e.e(s)
  }
  for (const { entries: e, message: r } of t.i) s(e, r)
  for (const s of t.i) rt(s, e)
  t.update()
}
function It(t) {
  for (const e of t.splice(0)) e()
}
function $t(t) {
  ;((t.m = t.r), t.update())
}
function Lt(t) {
  return (t.e ??= new Promise((e) => {
    const { resolve: s } = t
    t.resolve = (t) => {
      ;(s?.(t), e())
    }
  }))
}
var Ct = {
    now: () => performance.now(),
    setTimeout: (t, e) => setTimeout(t, e),
    clearTimeout: (t) => {
      clearTimeout(t)
    },
  },
  Qt = p(a),
  Pt = p(d('boolean'), !1),
  Kt = {
    maxBatchSize: p(s, 100),
    maxQueueTime: p(
      h("milliseconds of at least 0, or 'adaptive'", (t) => 'adaptive' === t || v(t), 'number'),
      'adaptive',
    ),
    concurrency: p(r, 1),
    maxQueueSize: p(s, 1 / 0),
    overflow: p(m(['reject', 'wait']), 'reject'),
    weight: p(g(y({ of: a, max: n })), []),
    batchKey: Qt,
    dedupeKey: Qt,
    timeout: p(n, 1 / 0),
    retry: p(
      y({
        attempts: s,
        minDelay: p(i, 100),
        maxDelay: p(i, 3e4),
        when: p(a, (t) => !(t instanceof T)),
      }),
      { attempts: 3, when: () => !1 },
    ),
    splitOnError: Pt,
    rateLimit: p(g(f('a RateLimiter', 'penalize')), []),
    clock: p(c, Ct),
    name: p(d('string')),
    captureStacks: Pt,
  },
  Jt = y(Kt),
  Yt = class {
    #d
    constructor(t, s) {
      ;(a('create Batcher', 'batchFunction', t),
        (this.#d = ((t, e, s) => {
          const r = V('node:async_hooks')?.AsyncLocalStorage.snapshot() ?? ((t) => t()),
            n = {
              batcher: t,
              batchFunction: e,
              t: s,
              y: r,
              e: 'open',
              u: !1,
              m: 0,
              r: 0,
              n: new Bt(s),
              a: new At(),
              d: new Map(),
              f: new Map(),
              l: new Set(),
              c: new Set(),
              i: new Set(),
              g: new ot(s.clock, r, () => {
                n.update(!0)
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
                  let s
                  do {
                    s = St(t, e)
                  } while (s)
                  void 0 === s && P(t)
                })(n, t),
                  ((t) => {
                    const e = t.n.size + t.c.size + t.l.size
                    if ((e + t.i.size === 0 && It(t.h), 'closing' === t.e && 0 === e)) {
                      for (const { abandoned: e } of t.i) if (!e) return
                      t.e = 'closed'
                    }
                    'closed' === t.e && It(t.closed)
                  })(n))
              },
            }
          return n
        })(
          this,
          t,
          ((t) => {
            const s = Jt('create Batcher', 'options', t),
              [r] = s.weight
            for (const { of: t, limit: n } of s.rateLimit)
              if ('weight' === t && void 0 !== r) r.max = Math.min(r.max, n)
              else if ('weight' === t || n < 1)
                throw e(
                  'create Batcher',
                  'rateLimit',
                  "at least 1, or of a given 'weight'",
                  `${n} of ${t}`,
                  'JITNEY_OUT_OF_RANGE',
                )
            return s
          })(s),
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
      return pt(this.#d)
    }
    get activeCount() {
      return this.#d.i.size
    }
    process(t, e) {
      return new Promise((s) => {
        const r = this.#d,
          { weight: n, batchKey: i, dedupeKey: o, captureStacks: a } = r.t
        void 0 !== e || n.length || i || o || a
          ? this.#p(t, s, e)
          : U(r, { item: t, resolve: s, o: Tt(r), r: (r.r += 1) })
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
        b(t, Symbol.asyncIterator) || u('process items', 'source', t),
        G('process items', e),
        ((t, e, s, r) => {
          const { concurrency: n, maxBatchSize: i, maxQueueSize: o } = t.t,
            { capacity: a = n } = n,
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
                s = () => {
                  ;((e.e = !0), m())
                }
              ;(t.then(s, s), l.push(e))
            },
            y = () => {
              ;(u.abort(s?.reason), m())
            },
            g = (async function* () {
              ;(s?.throwIfAborted(), s?.addEventListener('abort', y), m())
              const n = (async () => {
                try {
                  for await (const s of e) {
                    for (
                      d = !1, p(r(s, u.signal)), l.length >= c && !l[0]?.e && $t(t);
                      l.length >= c && !u.signal.aborted;
                    )
                      await h
                    if (u.signal.aborted) return
                    d = !0
                  }
                } catch (t) {
                  p(Promise.reject(t))
                }
                ;((d = void 0), $t(t), m())
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
                s?.throwIfAborted()
              } finally {
                ;(s?.removeEventListener('abort', y), y(), d && (await ut()), d || (await n))
              }
            })(),
            b = g.return.bind(g)
          return ((g.return = (t) => (y(), b(t))), g)
        })(this.#d, t, e?.signal, (t, s) => this.process(t, { ...e, signal: s }))
      )
    }
    flush() {
      return (async (t) => {
        const e = (t.flush = ((t) => {
          const e = t.flush,
            s = mt(t).flatMap(({ all: t }) => t),
            r = e ? s.filter(({ e: t }) => !t) : s
          return Promise.all([e, ...r.map(Lt)])
        })(t))
        ;($t(t), await e, t.flush === e && (t.flush = void 0), await ut())
      })(this.#d)
    }
    onIdle() {
      return new Promise((t) => {
        const e = this.#d
        ;(e.h.push(() => {
          ct(t)
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
        ;((t, e, s) => {
          const r = yt(t, e, () => {
            Nt(t, new DOMException("'timeout' of close() passed", 'TimeoutError'))
          })
          ;(t.closed.push(() => {
            ;(r.clear(), ct(s))
          }),
            'open' === t.e &&
              ((t.e = 'closing'),
              (t.u = !1),
              ((t) => {
                for (const e of t.l) D(t, e.t())
              })(t)),
            t.update())
        })(this.#d, H('close Batcher', 'options', t).timeout, e)
      })
    }
    abort(t = AbortSignal.abort().reason) {
      Nt(this.#d, t)
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
          queued: pt(t),
          waiting: t.a.size,
          active: t.i.size,
          abandoned: [...t.i].filter(({ abandoned: t }) => t).length,
          oldestAge: e - (t.n.byAge.first?.t.o.t ?? e),
          ...t.s,
        })
      })(this.#d)
    }
    #p(t, e, s) {
      G('process item', s)
      const r = this.#d,
        { weight: n, batchKey: i, dedupeKey: o, captureStacks: a } = r.t,
        c = {
          item: t,
          resolve: e,
          key: i?.(t),
          s: n.map(({ of: e, max: s }) => {
            return h(
              'a finite number from 0 to ' + (r = s),
              (t) => v(t) && t <= r && t < 1 / 0,
              'number',
            )('process item', 'weight', e(t))
            var r
          }),
          priority: s?.priority,
          r: (r.r += 1),
          o: Tt(r),
        },
        u = o?.(t),
        l = s?.signal
      if (void 0 !== l) {
        if (l.aborted) throw l.reason
        ;((t, e, s) => {
          const r =
            t.f.get(e) ??
            ((t, e) => {
              const s = new Set(),
                r = () => {
                  const r = []
                  for (const n of s) {
                    ;((t.s.aborted += 1), I(n, e.reason))
                    const { f: s = n } = n
                    ;(s.t?.delete(n), s.t?.size || (M(s, void 0), s.a?.e(s), r.push(s)))
                  }
                  W(t)
                  for (const t of r) (rt(t.a, st), t.i?.abort(e.reason))
                  t.update()
                },
                n = {
                  t: s,
                  release(n) {
                    ;(s.delete(n),
                      s.size > 0 ||
                        (e.removeEventListener('abort', r),
                        t.f.delete(e),
                        0 === t.f.size && (t.f = new Map())))
                  },
                }
              return (e.addEventListener('abort', r), t.f.set(e, n), n)
            })(t, e)
          ;(r.t.add(s), (s.n = r))
        })(r, l, c)
      }
      ;(a && Error.captureStackTrace?.(c, this.process), U(r, c, u))
    }
    #y(t, e) {
      return (
        u('process items', 'items', t), G('process items', e), [...t].map((t) => this.process(t, e))
      )
    }
    #g(t) {
      const e = this.#d
      ;((e.u = t && 'open' === e.e), e.update())
    }
    #m(t, e) {
      const s = this.#d
      ;((s.t[t] = Kt[t]('set ' + t, t, e)), s.n.i(), s.update())
    }
  }
export { Yt as Batcher }
