function t(t) {
  try {
    if ('string' == typeof t) return JSON.stringify(t.slice(0, 60))
    if ((Object(t) !== t && 'bigint' != typeof t) || t instanceof Error) return t + ''
    const { length: e } = t,
      n = {}.toString.call(t).slice(8, -1)
    return 'number' == typeof e ? `${n} of ${e}` : n
  } catch {
    return 'an object'
  }
}
function e(e, n, r, o, i = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === i ? RangeError : TypeError)(
      `Cannot ${e}: '${n}' must be ${r}, received ${t(o)}`,
    ),
    { code: i },
  )
}
var n = l('an integer of at least 1, or Infinity', T, 'number'),
  r = l('an integer of at least 1, or Infinity, or 0', (t) => 0 === t || T(t), 'number'),
  o = l(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => T(t) || E(t, 'tryAcquire'),
    'number',
  ),
  i = l('a number above 0', (t) => S(t) && t > 0, 'number'),
  s = l('milliseconds of at least 0', S, 'number'),
  c = l('a finite number', (t) => Number.isFinite(t), 'number'),
  a = d('a function', 'call'),
  u = d('a Clock', 'clearTimeout'),
  f = d('an iterable', Symbol.iterator),
  h = d('an AbortSignal', 'addEventListener')
function l(t, n, r) {
  return (o, i, s) => {
    if (n(s)) return s
    throw e(o, i, t, s, typeof s === r ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function d(t, e) {
  return l(t, (t) => E(t, e))
}
function m(t) {
  return l('a ' + t, (e) => typeof e === t)
}
function y(t) {
  return l('one of ' + t.join(', '), (e) => t.includes(e), 'string')
}
function w(t, e) {
  return (n, r, o = e) => (void 0 === o ? o : t(n, r, o))
}
function p(t) {
  const e = Object.keys(t)
  return (n, r, o = {}) => {
    v(n, o, e, r)
    const i = {}
    for (const s of e) i[s] = t[s](n, 'options' === r ? s : `${r}.${s}`, o[s])
    return i
  }
}
function b(t) {
  return (e, n, r) => Array.from([].concat(r), (r) => t(e, n, r))
}
function v(t, n, r, o = 'options') {
  if ('[object Object]' !== {}.toString.call(n)) throw e(t, o, 'an object', n)
  for (const o in n)
    if (!r.includes(o)) throw e(t, 'option', 'one of ' + r.join(', '), o, 'JITNEY_UNKNOWN_OPTION')
}
function g(t) {
  return l('a finite number from 0 to ' + t, (e) => S(e) && e <= t && e < 1 / 0, 'number')
}
function E(t, e) {
  return 'function' == typeof t?.[e]
}
function T(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
function S(t) {
  return 'number' == typeof t && t >= 0
}
var A = class extends Error {
    static {
      this.prototype.name = 'BatchError'
    }
    code = 'JITNEY_BATCH_FAILED'
  },
  _ = class extends Error {
    static {
      this.prototype.name = 'BatchAbortedError'
    }
    code = 'JITNEY_BATCH_ABORTED'
  },
  O = class extends Error {
    static {
      this.prototype.name = 'BatchTimeoutError'
    }
    code = 'JITNEY_BATCH_TIMEOUT'
    t = !0
  },
  k = class extends Error {
    static {
      this.prototype.name = 'BatcherClosedError'
    }
    code = 'JITNEY_BATCHER_CLOSED'
    t = !1
  },
  M = class extends Error {
    static {
      this.prototype.name = 'QueueFullError'
    }
    code = 'JITNEY_QUEUE_FULL'
  }
function N(t, e) {
  ;(e.n ?? e.o) && (e.a = t)
}
var x = {}
function j(t) {
  return void 0 !== t.resolve
}
function I(t, e) {
  const { resolve: n, n: r } = t
  return (
    void 0 !== n &&
    ((t.resolve = void 0),
    (t.item = void 0),
    void 0 !== r && ((t.n = void 0), r.release(t)),
    n(e),
    !0)
  )
}
function P(t, e, n, r) {
  e.n ??= new WeakSet()
  const o = n.o?.size > 1 || e.n.has(r)
  ;(e.n.add(Object(r)), z(t, [n], () => (o ? J(t, A, { cause: r }) : r)))
}
function $(t, e, n, r) {
  z(t, n, () => J(t, A, { cause: r }, void 0, e))
}
function C(t, e) {
  const { timeout: n } = t.o
  return J(t, O, { timeout: n }, `it took longer than ${n} ms`, e)
}
function z(t, e, n) {
  for (const r of e) {
    for (const e of r.o ?? [r]) {
      if (!j(e)) continue
      const o = n(r)
      ;((t.s.i += 1), void 0 !== e.stack && Y(e.stack, o), B(e, o))
    }
    ;(r.o?.clear(), I(r, void 0))
  }
}
function B(t, e) {
  I(t, Promise.reject(e))
}
function J(e, n, r, o = ((e) => t(e).replace(/^Error: /, ''))(r.cause), i) {
  const { name: s } = e.o
  return Object.assign(
    new n(
      `Cannot process ${i ? 'batch of ' + i.size : 'item'}${void 0 === s ? '' : ` of '${s}'`}: ${o}`,
      r,
    ),
    r,
  )
}
function Y(t, e) {
  try {
    e.stack.includes(D) || (e.stack += t.replace('Error', D))
  } catch {}
}
var D = '\n    called from'
function R({ o: { u: t } }) {
  return 'number' == typeof t ? t : 1 / 0
}
function L(t) {
  ;(t.wait?.o(), (t.wait = void 0))
}
function Q(t, e, n) {
  t.wait?.e !== e &&
    (L(t),
    (t.wait = {
      e,
      r: n,
      o: e.h(n, () => {
        ;((t.wait = void 0), (t.l = 1), t.update(!0), (t.l = 1 / 0))
      }),
    }))
}
function U(t, { of: e }) {
  return 'items' === e ? t.length : 'weight' !== e ? 1 : t.reduce((t, { s: e }) => t + e[0], 0)
}
function q(t, e) {
  return e.r <= t.m
}
function K(t, e) {
  for (const n of e) (N(t.n, n), t.n.push(n))
}
function F(t, e) {
  ;((e.item = void 0), (e.f = t), t.o?.add(e))
}
function G(t) {
  return t.o.p - t.n.size + t.n.r
}
function W(t, e, n) {
  const { v: r, p: o, overflow: i } = t.o,
    s = 'open' === t.e,
    c = s && t.d.get(e.key)?.get(n),
    a = G(t)
  if (!s || (!c && a <= 0 && 'reject' === i))
    return (
      (t.s.T += 1),
      B(e, s ? J(t, M, { p: o }, `'maxQueueSize' of ${o} is reached`) : J(t, k, {}, 'it is closed'))
    )
  if (c) return F(c, e)
  const u = r
      ? ((t, e, n) => {
          const r = t.d.get(e.key) ?? new Map(),
            o = new Set(),
            i = {
              ...e,
              o,
              n: void 0,
              resolve(i) {
                ;(r.delete(n),
                  0 === r.size && t.d.delete(e.key),
                  (t.s.S += Math.max(0, o.size - 1)))
                for (const t of o) I(t, i)
              },
            }
          return (t.d.set(e.key, r.set(n, i)), F(i, e), i)
        })(t, e, n)
      : e,
    f = a > 0 ? t.n : t.a
  ;(N(f, u), (f.push(u) || 1 === a) && t.A.size < R(t) && t.update())
}
function H(t) {
  for (; t.a.size > 0 && G(t) > 0;) {
    const e = t.a.first
    ;(t.a.e(e), K(t, [e]))
  }
}
var V = p({ signal: w(h), priority: w(c) })
function X(t, e) {
  let n = void 0 === e
  for (const t in e) {
    const r = e[t]
    if (
      ((n = 'signal' === t ? r instanceof AbortSignal : 'priority' === t && Number.isFinite(r)), !n)
    )
      break
  }
  n || V(t, 'options', e)
}
var Z = p({ timeout: w(s, 1 / 0) })
function tt(t) {
  const { process: e } = globalThis
  return e?._?.(t)
}
var et = tt('node:diagnostics_channel'),
  nt = et?.O?.('jitney:batch'),
  rt = et?.channel('jitney:batch:abandoned'),
  ot = tt('node:util')?.k('jitney'),
  it = AbortSignal.abort().reason
function st(t, e) {
  const { entries: n, message: r } = t
  if (r && !t.M) {
    for (; t.N < n.length; t.N += 1) if (j(n[t.N])) return
    ;((t.M = !0), t.r?.clear(), rt?.j(r), ct(t, e), (t.entries = n.map((t) => (t.I ? t : x))))
  }
}
function ct({ entries: t, A: e }, n) {
  e.abort(n)
  for (const e of t) e.A?.abort(n)
}
function at(t, e) {
  ;(t.A.delete(e), e.r?.clear(), e.s?.(), (e.entries = []), e.f.release?.(), t.update())
}
var ut = class {
  P = 1 / 0
  constructor(t, e, n) {
    let r
    this.set = (o) => {
      if (o === this.P) return
      if ((t.clearTimeout(r), (this.P = o), o === 1 / 0)) return
      const i = () => {
          const e = this.P
          ;(this.clear(), t.now() < e ? this.set(e) : n())
        },
        s = Math.min(Math.max(0, o - t.now()), 2 ** 31 - 1)
      r = e(() => t.setTimeout(i, s))
    }
  }
  clear() {
    this.set(1 / 0)
  }
}
function ft() {
  return tt('node:async_hooks')?.C.$() ?? ((t) => t())
}
function ht(t) {
  const { B: e, J: n } = t,
    r = t.Y ? 'size' : t.D
  return r
    ? { at: -1 / 0, reason: r }
    : 'adaptive' === e
      ? { at: n, reason: t.active ? 'slot' : 'idle' }
      : { at: n + e, reason: 'time' }
}
function lt(t) {
  mt(() => {
    const { process: e, setImmediate: n = setTimeout } = globalThis
    ;(e?.R ?? n)(t)
  })
}
function dt() {
  return new Promise(lt)
}
function mt(t) {
  Promise.resolve().then(t)
}
var yt = class {
    #t
    #e
    constructor(t, e) {
      ;((this.key = t.entries[0]?.key), (this.reason = e), (this.#t = t))
    }
    get signal() {
      return this.#t.A.signal
    }
    get entries() {
      return (this.#e ??= this.#t.entries.map((t) =>
        ((t, { aborted: e, reason: n }) => {
          const r = new AbortController(),
            { signal: o } = r,
            { id: i = `${(wt += 1)}-${Math.random()}`, I: s = 0 } = t
          return (
            j(t) && Object.assign(t, { id: i, A: r }),
            (!e && j(t)) || r.abort(n),
            { id: i, L: s + 1, signal: o }
          )
        })(t, this.signal),
      ))
    }
  },
  wt = 0,
  pt = Symbol.for('jitney.outcome'),
  bt = {
    value: (t) => ({ [pt]: 'value', content: t }),
    error: (t) => ({ [pt]: 'error', content: t }),
    retry: (t) => {
      const { after: e } = vt('retry item', 'options', t)
      return { [pt]: 'retry', content: e }
    },
  },
  vt = p({ after: w(s, 0) })
function gt(t) {
  return [t.n, t.a, ...t.c, ...t.U]
}
function Et(t) {
  return gt(t).reduce((t, { size: e }) => t + e, -t.a.size)
}
function Tt(t, e, n) {
  const r = new ut(t.o.q, t.y, n)
  return (r.set(t.o.q.now() + e), r)
}
function St(t, e, n) {
  const r = [],
    o = {
      size: 0,
      r: Tt(t, n, () => {
        ;(K(t, o.o()), t.update())
      }),
      get all() {
        return r.filter(j)
      },
      add(t) {
        ;(e.add(o), r.push(t), N(o, t), (o.size += 1))
      },
      e() {
        ;((o.size -= 1), 0 === o.size && o.o())
      },
      o: () => (e.delete(o), o.r.clear(), o.all),
    }
  return o
}
function At({ o: t }, e) {
  return Ot(() => t.retry.when(e)) ? t.retry.I : 0
}
function _t(t, e, n, r, o) {
  if (!j(n)) return !1
  t.flush = void 0
  const i = (n.I = (n.I ?? 0) + 1)
  if (i >= r) return !0
  e.o ??= new Map()
  let s = e.o.get(o)
  if (!t.U.has(s)) {
    const { K: n, F: r } = t.o.retry,
      c = Math.min(r, n * 2 ** (i - 1)),
      a = Math.max(o, Math.random() * c || 0)
    ;((s = St(t, t.U, 'open' === t.e ? a : 0)), e.o.set(o, s))
  }
  return (s?.add(n), !1)
}
function Ot(t) {
  try {
    return !0 === t()
  } catch {
    return !1
  }
}
async function kt(t, n, r, o) {
  n.open += 1
  try {
    const i = await r()
    void 0 === o
      ? ((t, n, r) => {
          const { entries: o, size: i } = n,
            s = Array.isArray(r) || ArrayBuffer.isView(r) ? r : []
          void 0 !== r &&
            s.length !== i &&
            $(
              t,
              n,
              o,
              e(
                'take results',
                'results',
                `an array of ${i} outcomes, or undefined`,
                r,
                'JITNEY_WRONG_RESULT',
              ),
            )
          const c = Math.max(i, s.length)
          for (let e = 0; e < c; e += 1) {
            const r = o[e] ?? x
            try {
              const o = s[e]
              'object' == typeof o || 'function' == typeof o
                ? Mt(t, n, e, o)
                : I(r, o) && (t.s.S += 1)
            } catch (e) {
              P(t, n, r, e)
            }
          }
        })(t, n, i)
      : Mt(t, n, o, i)
  } catch (e) {
    void 0 === o
      ? ((t, e, n) => {
          const r = e.I ?? At(t, n),
            o = e.entries.filter((n) => _t(t, e, n, r, 0))
          if (
            t.o.G &&
            e.size > 1 &&
            !((t) =>
              Ot(() => {
                const { name: e, status: n, statusCode: r } = Object(t)
                return /(Abort|Timeout)Error$/.test(e) || [n, r].includes(429)
              }))(n)
          )
            for (const e of [o.splice(0, Math.ceil(o.length / 2)), o]) {
              const n = St(t, t.c, 1 / 0)
              for (const t of e) n.add(t)
            }
          else $(t, e, o, n)
        })(t, n, e)
      : P(t, n, n.entries[o] ?? x, e)
  }
  ;((n.open -= 1), (n.o = void 0), 0 === n.open ? at(t, n) : (st(n, it), n.M && t.update()))
}
function Mt(t, e, n, r) {
  const o = e.entries[n] ?? x,
    i = ((c = r), c?.[pt]),
    s = i ? r.content : r
  var c
  if ('error' === i || r instanceof Error) P(t, e, o, s)
  else if ('retry' === i) {
    const { W: r, retry: i } = t.o,
      c = s
    if (c < 1 / 0) for (const t of r) t.H(c)
    ;((e.entries[n] = x),
      _t(t, e, o, i.I, c) &&
        ((t, e) => {
          const n = `not done after ${t.o.retry.I} attempts`
          z(t, e, () => J(t, A, {}, n))
        })(t, [o]))
  } else
    E(s, 'then')
      ? kt(t, e, async () => (i ? { ...r, content: await s } : s), n)
      : I(o, s) && (t.s.S += 1)
}
function Nt(t) {
  return (
    t.N ||
      ((t.N = { o: t.o.q.now() }),
      lt(() => {
        ;((t.N = void 0), t.update(!0))
      })),
    t.N
  )
}
function xt(t, e) {
  const { n, V: r, o } = t
  for (const e of t.c)
    if (!r || e.all.some((e) => q(t, e))) return jt(t, 'split', e.all, () => e.o())
  let i,
    s = 1 / 0,
    c = t.A.size
  for (const a of ['byAge', 'ready']) {
    const u = c < R(t) ? n[a].first : void 0
    if (!u) continue
    const { o: f } = u,
      h = q(t, f)
    if (r && !h) continue
    const { at: l, reason: d } = ht({
      Y: !r && (u.Y || G(t) <= 0),
      D: 'open' === t.e ? (h ? 'flush' : u.r ? 'retry' : void 0) : 'close',
      J: f.N.o,
      B: o.B,
      active: c,
    })
    if (l <= f.N.o || (l < 1 / 0 && l <= o.q.now())) {
      if (e || l === -1 / 0) return jt(t, d, [u.first], () => n.take(u))
      ;((i = !1), f.N !== Nt(t) && (c += 1))
    } else s = Math.min(s, l)
  }
  return (t.g.set(s), i)
}
function jt(t, e, n, r) {
  t.g.clear()
  const o = ((t, e) => {
    const { u: n, W: r } = t.o,
      { wait: o } = t,
      i = t.l > 0
    o && o.r > U(e, o.e) && L(t)
    for (const n of r) {
      const r = U(e, n)
      if (!i || !n.X(0) || n.Z < r) return Q(t, n, r)
    }
    return 'number' == typeof n ? t.A.size < n && {} : (i && n.tt()) || Q(t, n, 1)
  })(t, n)
  if (o) {
    const n = r()
    for (const e of t.o.W) e.X(U(n, e))
    ;((t.l -= 1),
      ((t, e, n, r) => {
        const { et: o, s: i, o: s } = t,
          { q: c, name: a, timeout: u } = s,
          f = {
            f: r,
            A: new AbortController(),
            entries: e,
            N: 0,
            size: 0,
            open: 0,
            e() {
              f.a = !0
            },
          }
        if (((t.flush = void 0), t.f.size > 0)) for (const t of e) N(f, t)
        t.A.add(f)
        const h = () => {
          const e = c.now()
          ;(f.a || 'closed' === t.e) && (f.entries = f.entries.filter(j))
          const r = (f.size = f.entries.length)
          if (0 === r) return at(t, f)
          let s = e
          for (const { N: t } of f.entries) s = Math.min(s, t.o)
          const h = { et: o, name: a, reason: n, size: r, nt: e - s },
            l = () => (h.duration = c.now() - e)
          ;((f.message = h),
            (f.s = () => {
              ;((i.rt += l()), ot?.('%j', { ...h, et: void 0 }))
            }),
            (i.ot += 1),
            (i.items += r),
            (f.r = Tt(t, u, () => {
              const e = C(t, f),
                n = (f.I = At(t, e)),
                r = f.entries.filter(({ I: t = 0 }) => t + 1 >= n)
              ;(z(t, r, () => C(t, f)), st(f, e), ct(f, e), t.update())
            })))
          const d = new yt(f, n),
            m = () =>
              t.it(
                f.entries.map(({ item: t }) => t),
                d,
              ),
            y = async () => {
              try {
                return await m()
              } finally {
                l()
              }
            }
          kt(t, f, () => (nt?.st ? nt.ct(y, h) : m()))
        }
        mt(() => {
          t.y(h)
        })
      })(t, n, e, o),
      H(t))
  }
  return !!o
}
var It = class extends Set {
    o = []
    get first() {
      let t
      for (; this.size > 0 && !this.has((t = this.o.at(-1)));)
        this.o.pop() || (this.o = [...this].sort((t, e) => e.o.r - t.o.r))
      return t
    }
  },
  Pt = class {
    size = 0
    #e = []
    #n = 0
    get first() {
      for (; ; this.#n += 1) {
        const t = this.#e[this.#n]
        if (!t || j(t)) return t
      }
    }
    get all() {
      return (
        this.#n > 0 && (this.#e = this.#e.slice(this.#n)),
        (this.#n = 0),
        this.#e.length > this.size && (this.#e = this.#e.filter(j)),
        this.#e
      )
    }
    push(t) {
      ;(this.#e.push(t), (this.size += 1))
    }
    e(t) {
      ;((this.size -= 1), t === this.#e[this.#n] && (this.#n += 1), this.#e)
    }
    clear() {
      const { all: t } = this
      return ((this.#e = []), (this.size = 0), t)
    }
  },
  $t = class extends Pt {
    key
    r = 0
    #r
    #o
    #i = 1 / 0
    #s
    #c
    constructor(t, e) {
      ;(super(),
        (this.key = t),
        (this.#r = e),
        (this.#o = e.o.weight.map(({ max: t }) => 0.999999999 * t)))
    }
    get Y() {
      return this.size >= this.#r.o.ut || this.#i <= 0
    }
    get first() {
      return (!1 === this.#s && ((this.#s = !0), this.all.sort(zt)), super.first)
    }
    get o() {
      return (this.#c ??=
        void 0 === this.#s ? this.first : this.all.reduce((t, e) => (t.r < e.r ? t : e)))
    }
    push(t) {
      ;(super.push(t), (t.priority || t.I || this.#s) && (this.#s = !1), this.#a(t, 1))
    }
    e(t) {
      ;(super.e(t), this.#a(t, -1))
    }
    clear() {
      return (
        (this.#r.size -= this.size),
        (this.#r.r -= this.r),
        (this.key = this.#c = void 0),
        super.clear()
      )
    }
    #a(t, e) {
      const { I: n } = t
      ;((this.#r.size += e),
        t.s && (Ct(this.#o, t.s, e), (this.#i = Math.min(...this.#o))),
        n && ((this.r += e), (this.#r.r += e)),
        (n || t === this.#c) && (this.#c = void 0))
    }
  }
function Ct(t, e, n) {
  e.forEach((e, r) => {
    t[r] = t[r] - n * e
  })
}
function zt(t, e) {
  return Bt(t) - Bt(e) || t.r - e.r
}
function Bt({ I: t, priority: e = 0, N: n }) {
  return t ? -1 / 0 : n.o - 1e3 * e
}
var Jt = class {
  size = 0
  r = 0
  o
  #u = new Map()
  ft = new It()
  ready = new It()
  constructor(t) {
    this.o = t
  }
  get all() {
    return [...this.ft].flatMap(({ all: t }) => t)
  }
  push(t) {
    const { key: e, I: n } = t
    let r = this.#u.get(e)
    return (
      r || ((r = new $t(e, this)), this.#u.set(e, r), this.ft.add(r)),
      r.push(t),
      n && (this.ft.o = []),
      this.#f(r)
    )
  }
  e(t) {
    const e = this.#u.get(t.key)
    ;(e.e(t), this.#h(e))
  }
  take(t) {
    const { ut: e, W: n, weight: r } = this.o,
      o = r.map(({ max: t }) => t)
    let i = e
    for (const { of: t, Z: e } of n)
      ('items' === t && (i = Math.min(i, e)), 'weight' === t && (o[0] = Math.min(o[0], e)))
    if (t.size <= i && 0 === r.length) return this.#l(t)
    const s = []
    let c
    for (; s.length + 1 <= i && (c = t.first) && (Ct(o, c.s ?? [], 1), !o.some((t) => t < 0));)
      (t.e(c), s.push(c))
    return (this.#h(t), s)
  }
  A() {
    for (const t of this.#u.values()) this.#h(t)
  }
  #f(t) {
    const { Y: e, r: n } = t
    return ((e || n > 0) && !this.ready.has(t) && (this.ready.add(t), (this.ready.o = [])), e)
  }
  #h(t) {
    ;(this.ft.delete(t),
      this.ready.delete(t),
      0 === t.size ? this.#l(t) : (this.ft.add(t), (this.ft.o = this.ready.o = []), this.#f(t)))
  }
  #l(t) {
    return (this.ft.delete(t), this.ready.delete(t), this.#u.delete(t.key), t.clear())
  }
}
function Yt(t, e) {
  if ('closed' === t.e) return
  t.e = 'closed'
  const n = (n, r) => {
    z(t, n, ({ I: n }) => J(t, _, { t: !!(r ?? n), cause: e }))
  }
  for (const e of gt(t)) {
    const { all: t } = e
    n(t)
    for (const n of t) e.e(n)
  }
  for (const { entries: e, message: r } of t.A) n(e, r)
  for (const n of t.A) st(n, e)
  t.update()
}
function Dt(t) {
  for (const e of t.splice(0)) e()
}
function Rt(t) {
  ;((t.m = t.r), t.update())
}
function Lt(t) {
  return (t.e ??= new Promise((e) => {
    const { resolve: n } = t
    t.resolve = (t) => {
      ;(n?.(t), e())
    }
  }))
}
var Qt = {
    now: () => performance.now(),
    setTimeout: (t, e) => setTimeout(t, e),
    clearTimeout: (t) => {
      clearTimeout(t)
    },
  },
  Ut = w(a),
  qt = w(m('boolean'), !1),
  Kt = {
    ut: w(n, 100),
    B: w(
      l("milliseconds of at least 0, or 'adaptive'", (t) => 'adaptive' === t || S(t), 'number'),
      'adaptive',
    ),
    u: w(o, 1),
    p: w(n, 1 / 0),
    overflow: w(y(['reject', 'wait']), 'reject'),
    weight: w(b(p({ of: a, max: i })), []),
    ht: Ut,
    v: Ut,
    timeout: w(i, 1 / 0),
    retry: w(p({ I: n, K: w(s, 100), F: w(s, 3e4), when: w(a, (t) => !(t instanceof O)) }), {
      I: 3,
      when: () => !1,
    }),
    G: qt,
    W: w(b(d('a RateLimiter', 'penalize')), []),
    q: w(u, Qt),
    name: w(m('string')),
    lt: qt,
  },
  Ft = p(Kt),
  Gt = class {
    #d
    constructor(t, n) {
      ;(a('create Batcher', 'batchFunction', t),
        (this.#d = ((t, e, n) => {
          const r = ft(),
            o = {
              et: t,
              it: e,
              o: n,
              y: r,
              e: 'open',
              V: !1,
              m: 0,
              r: 0,
              n: new Jt(n),
              a: new Pt(),
              d: new Map(),
              f: new Map(),
              U: new Set(),
              c: new Set(),
              A: new Set(),
              g: new ut(n.q, r, () => {
                o.update(!0)
              }),
              l: 1 / 0,
              dt: [],
              closed: [],
              s: { S: 0, i: 0, aborted: 0, T: 0, ot: 0, items: 0, rt: 0 },
              update(t) {
                ;(((t, e) => {
                  let n
                  do {
                    n = xt(t, e)
                  } while (n)
                  void 0 === n && L(t)
                })(o, t),
                  ((t) => {
                    const e = t.n.size + t.c.size + t.U.size
                    if ((e + t.A.size === 0 && Dt(t.dt), 'closing' === t.e && 0 === e)) {
                      for (const { M: e } of t.A) if (!e) return
                      t.e = 'closed'
                    }
                    'closed' === t.e && Dt(t.closed)
                  })(o))
              },
            }
          return o
        })(
          this,
          t,
          ((t) => {
            const n = Ft('create Batcher', 'options', t),
              [r] = n.weight
            for (const { of: t, yt: o } of n.W)
              if ('weight' === t && void 0 !== r) r.max = Math.min(r.max, o)
              else if ('weight' === t || o < 1)
                throw e(
                  'create Batcher',
                  'rateLimit',
                  "at least 1, or of a given 'weight'",
                  `${o} of ${t}`,
                  'JITNEY_OUT_OF_RANGE',
                )
            return n
          })(n),
        )))
    }
    get ut() {
      return this.#d.o.ut
    }
    set ut(t) {
      this.#m('maxBatchSize', t)
    }
    get B() {
      return this.#d.o.B
    }
    set B(t) {
      this.#m('maxQueueTime', t)
    }
    get u() {
      return this.#d.o.u
    }
    set u(t) {
      this.#m('concurrency', t)
    }
    get state() {
      return this.#d.e
    }
    get wt() {
      return Et(this.#d)
    }
    get bt() {
      return this.#d.A.size
    }
    process(t, e) {
      return new Promise((n) => {
        const r = this.#d,
          { weight: o, ht: i, v: s, lt: c } = r.o
        void 0 !== e || o.length || i || s || c
          ? this.#y(t, n, e)
          : W(r, { item: t, resolve: n, N: Nt(r), r: (r.r += 1) })
      })
    }
    async vt(t, e) {
      return Promise.all(this.#w(t, e))
    }
    async gt(t, e) {
      return Promise.allSettled(this.#w(t, e))
    }
    Et(t, e) {
      return (
        E(t, Symbol.asyncIterator) || f('process items', 'source', t),
        X('process items', e),
        ((t, e, n, r) => {
          const { u: o, ut: i, p: s } = t.o,
            { Tt: c = o } = o,
            a = Math.min(i * (c + 1), s, 1e4),
            u = new AbortController(),
            f = []
          let h,
            l,
            d = !0
          const m = () => {
              ;(l?.(),
                (h = new Promise((t) => {
                  l = t
                })))
            },
            y = (t) => {
              const e = { promise: t },
                n = () => {
                  ;((e.e = !0), m())
                }
              ;(t.then(n, n), f.push(e))
            },
            w = () => {
              ;(u.abort(n?.reason), m())
            },
            p = (async function* () {
              ;(n?.throwIfAborted(), n?.addEventListener('abort', w), m())
              const o = (async () => {
                try {
                  for await (const n of e) {
                    for (
                      d = !1, y(r(n, u.signal)), f.length >= a && !f[0]?.e && Rt(t);
                      f.length >= a && !u.signal.aborted;
                    )
                      await h
                    if (u.signal.aborted) return
                    d = !0
                  }
                } catch (t) {
                  y(Promise.reject(t))
                }
                ;((d = void 0), Rt(t), m())
              })()
              try {
                for (; !u.signal.aborted;) {
                  const [t] = f
                  if (t?.e) (f.shift(), m(), yield await t.promise)
                  else {
                    if (void 0 === d && !t) return
                    await h
                  }
                }
                n?.throwIfAborted()
              } finally {
                ;(n?.removeEventListener('abort', w), w(), d && (await dt()), d || (await o))
              }
            })(),
            b = p.St.bind(p)
          return ((p.St = (t) => (w(), b(t))), p)
        })(this.#d, t, e?.signal, (t, n) => this.process(t, { ...e, signal: n }))
      )
    }
    flush() {
      return (async (t) => {
        const e = (t.flush = ((t) => {
          const e = t.flush,
            n = gt(t).flatMap(({ all: t }) => t),
            r = e ? n.filter(({ e: t }) => !t) : n
          return Promise.all([e, ...r.map(Lt)])
        })(t))
        ;(Rt(t), await e, t.flush === e && (t.flush = void 0), await dt())
      })(this.#d)
    }
    At() {
      return new Promise((t) => {
        const e = this.#d
        ;(e.dt.push(() => {
          lt(t)
        }),
          e.update())
      })
    }
    pause() {
      this.#p(!0)
    }
    resume() {
      this.#p(!1)
    }
    close(t) {
      return new Promise((e) => {
        ;((t, e, n) => {
          const r = Tt(t, e, () => {
            Yt(t, new DOMException("'timeout' of close() passed", 'TimeoutError'))
          })
          ;(t.closed.push(() => {
            ;(r.clear(), lt(n))
          }),
            'open' === t.e &&
              ((t.e = 'closing'),
              (t.V = !1),
              ((t) => {
                for (const e of t.U) K(t, e.o())
              })(t)),
            t.update())
        })(this.#d, Z('close Batcher', 'options', t).timeout, e)
      })
    }
    abort(t = AbortSignal.abort().reason) {
      Yt(this.#d, t)
    }
    [Symbol.asyncDispose]() {
      return this.close()
    }
    stats() {
      return ((t) => {
        const e = t.o.q.now()
        return Object.freeze({
          name: t.o.name,
          state: t.e,
          _t: Et(t),
          waiting: t.a.size,
          active: t.A.size,
          M: [...t.A].filter(({ M: t }) => t).length,
          Ot: e - (t.n.ft.first?.o.N.o ?? e),
          ...t.s,
        })
      })(this.#d)
    }
    #y(t, e, n) {
      X('process item', n)
      const r = this.#d,
        { weight: o, ht: i, v: s, lt: c } = r.o,
        a = {
          item: t,
          resolve: e,
          key: i?.(t),
          s: o.map(({ of: e, max: n }) => g(n)('process item', 'weight', e(t))),
          priority: n?.priority,
          r: (r.r += 1),
          N: Nt(r),
        },
        u = s?.(t),
        f = n?.signal
      if (void 0 !== f) {
        if (f.aborted) throw f.reason
        ;((t, e, n) => {
          const r =
            t.f.get(e) ??
            ((t, e) => {
              const n = new Set(),
                r = () => {
                  const r = []
                  for (const o of n) {
                    ;((t.s.aborted += 1), B(o, e.reason))
                    const { f: n = o } = o
                    ;(n.o?.delete(o), n.o?.size || (I(n, void 0), n.a?.e(n), r.push(n)))
                  }
                  H(t)
                  for (const t of r) (st(t.a, it), t.A?.abort(e.reason))
                  t.update()
                },
                o = {
                  o: n,
                  release(o) {
                    ;(n.delete(o),
                      n.size > 0 ||
                        (e.removeEventListener('abort', r),
                        t.f.delete(e),
                        0 === t.f.size && (t.f = new Map())))
                  },
                }
              return (e.addEventListener('abort', r), t.f.set(e, o), o)
            })(t, e)
          ;(r.o.add(n), (n.n = r))
        })(r, f, a)
      }
      ;(c && Error.captureStackTrace?.(a, this.process), W(r, a, u))
    }
    #w(t, e) {
      return (
        f('process items', 'items', t), X('process items', e), [...t].map((t) => this.process(t, e))
      )
    }
    #p(t) {
      const e = this.#d
      ;((e.V = t && 'open' === e.e), e.update())
    }
    #m(t, e) {
      const n = this.#d
      ;((n.o[t] = Kt[t]('set ' + t, t, e)), n.n.A(), n.update())
    }
  }
function Wt(t, e, n, r) {
  const o = `Cannot ${e}: ${n}`
  return Object.assign(r ? new AggregateError(r, o) : Error(o), { code: t })
}
var Ht = new WeakMap()
function Vt(t, e) {
  const n = Ht.get(t) ?? new Xt()
  return (
    Ht.set(t, n),
    t.addEventListener('abort', n),
    n.add(e),
    () => {
      ;(n.delete(e), 0 === n.size && t.removeEventListener('abort', n))
    }
  )
}
var Xt = class extends Set {
  kt() {
    for (const t of this) t()
  }
}
function Zt(t, e, n, r, o) {
  const i = p({ ...r, signal: w(h) }),
    s = new Map()
  let c = 0,
    u = 0,
    f = !1
  const l = (t, e, n, r) => {
      const i = (u += 1),
        c = () => {
          s.delete(i) && (a?.(), r?.aborted && n?.(r.reason), d.Mt())
        },
        a = r && Vt(r, c)
      return (s.set(i, { weight: t, signal: r, Mt: e, o: c }), o?.(), c)
    },
    d = {
      e: s,
      get first() {
        for (; s.size > 0;) {
          const t = s.get(c)
          if (t) {
            if (!t.signal?.aborted) return t
            t.o()
          } else c += 1
        }
      },
      o: () => (f || 0 === s.size ? e() : -1),
      wait: (e, r) =>
        new Promise((o, s) => {
          const { weight: c = 1, signal: a } = i(t, 'options', e),
            u = () => {
              try {
                o(n(c, r))
              } catch (t) {
                s(t)
              }
            }
          ;(a?.throwIfAborted(), c <= d.o() ? u() : l(c, u, s, a))
        }),
      L(e, r) {
        const { weight: o = 1 } = i(t, 'options', e)
        return o <= d.o() ? { value: n(o, r) } : void 0
      },
      h(e, n) {
        ;(a(t, 'serve', n), f || mt(d.Mt))
        const { weight: r = 1 } = i(t, 'options', { weight: e })
        return l(r, async () => n())
      },
      Mt() {
        if (f) return
        f = !0
        const t = u
        for (let { first: n } = d; n && n.weight <= e(); { first: n } = d) {
          if (c > t) {
            ;(c % 1e4 == 0 ? setTimeout : mt)(d.Mt)
            break
          }
          ;(n.o(), n.Mt())
        }
        ;((f = !1), o?.())
      },
    }
  return d
}
var te = class {
  Tt
  #b = new Map()
  #n = 0
  #v = 0
  #g = !1
  #E = Zt(
    'send',
    () => (this.#g ? 1 : this.Tt + (this.#T.first ? 1 : 0) - this.#b.size),
    (t, e) => {
      if (this.#g) throw ee()
      ;(this.#b.set((this.#v += 1), e), this.#T.Mt())
    },
  )
  #T = Zt(
    'receive',
    () => (this.#g ? 1 : this.#S),
    () => {
      if (0 === this.#S) throw ee()
      const { first: t } = this.#E
      ;(t?.o(), t?.Mt())
      const e = this.#b.get((this.#n += 1))
      return (this.#b.delete(this.#n), e)
    },
  )
  constructor(t = 0) {
    this.Tt = r('create Channel', 'capacity', t)
  }
  send(t, e) {
    return this.#E.wait(e, t)
  }
  Nt(t) {
    return this.#T.wait(t)
  }
  xt(t) {
    return void 0 !== this.#E.L({}, t)
  }
  jt() {
    return this.#S > 0 ? this.#T.L() : void 0
  }
  close() {
    ;((this.#g = !0), this.#E.Mt(), this.#T.Mt())
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
        this.Nt(e).then(
          (t) => ({ done: !1, value: t }),
          () => n,
        ),
      St: async () => (t.abort(), n),
    }
  }
  get #S() {
    return this.#b.size + (this.#E.first ? 1 : 0)
  }
}
function ee() {
  return Wt('JITNEY_CHANNEL_CLOSED', 'use Channel', 'it is closed')
}
var ne = (t, e, n) => i(t, e, c(t, e, n)),
  re = p({
    yt: ne,
    interval: ne,
    of: w(y(['batches', 'items', 'weight']), 'batches'),
    q: w(u, Qt),
  }),
  oe = class {
    #A
    constructor(t) {
      ;(Object.assign(this, re('create RateLimiter', 'options', t)),
        (this.#A = (({ yt: t, interval: e, q: n }) => {
          const r = 2 ** (Math.ceil(Math.log2(t)) - 51),
            o = 2 ** (Math.ceil(Math.log2(e)) - 12),
            i = Math.ceil(t / r) * r,
            s = g(t),
            c = new Map()
          let a = 0,
            u = -1 / 0,
            f = 0
          const h = Zt(
              'take',
              () => {
                f = n.now()
                for (const [t, e] of c) {
                  if (t > f) break
                  ;((a -= e), c.delete(t))
                }
                return f < u ? -1 : i - a
              },
              (t) => {
                if (0 === t) return
                a += t
                const n = Math.ceil((f + e) / o) * o
                c.set(n, (c.get(n) ?? 0) + t)
              },
              {
                weight(t, e, n = 1) {
                  const o = s(t, e, n)
                  return o - (o % r)
                },
              },
              () => {
                const [t = f] = c.keys()
                l.set(h.first ? (f < u ? u : t) : 1 / 0)
              },
            ),
            l = new ut(n, ft(), h.Mt)
          return Object.assign(h, {
            r(t) {
              ;((u = Math.max(u, n.now() + t)), h.Mt())
            },
          })
        })(this)))
    }
    get Z() {
      return Math.min(this.yt, Math.max(0, this.#A.o()))
    }
    get _t() {
      return this.#A.e.size
    }
    take(t) {
      return this.#A.wait(t)
    }
    X(t) {
      return void 0 !== this.#A.L({ weight: t })
    }
    h(t, e) {
      return this.#A.h(t, e)
    }
    H(t) {
      this.#A.r(g(1 / 0)('penalize', 'duration', t))
    }
  },
  ie = class {
    #_ = 0
    #O = 0
    #k
    #A = Zt(
      'acquire',
      () => this.#_ - this.#O,
      (t) => {
        this.#O += t
        let e = t
        const n = () => {
          ;((this.#O -= e), (e = 0), this.#A.Mt())
        }
        return { release: n, [Symbol.dispose]: n }
      },
      { weight: (t, e, r = 1) => this.#k(t, e, n(t, e, r)) },
    )
    constructor(t) {
      this.Tt = t
    }
    get Tt() {
      return this.#_
    }
    set Tt(t) {
      ;((this.#_ = r('set capacity', 'capacity', t)), (this.#k = g(t || 1 / 0)), this.#A.Mt())
    }
    get active() {
      return this.#O
    }
    get _t() {
      return this.#A.e.size
    }
    It(t) {
      return this.#A.wait(t)
    }
    tt(t) {
      return this.#A.L(t)?.value
    }
    h(t, e) {
      return this.#A.h(t, e)
    }
  }
function se(t, e) {
  try {
    return t?.aborted && (e === t.reason || 'AbortError' === e.name)
  } catch {
    return !1
  }
}
function ce(t, e, n, i = {}, s, c, u, l, d) {
  const m = E(e, Symbol.asyncIterator) || !f(t, 'source', e)
  ;(a(t, 'fn', n), v(t, i, s ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal']))
  const { u: y = 1 / 0, signal: w, buffer: p } = i
  ;(o(t, 'concurrency', y),
    void 0 !== w && h(t, 'signal', w),
    void 0 !== p && r(t, 'buffer', p),
    Array.isArray(e) && e.forEach(ae))
  const b = [],
    g = [],
    T = {}
  let S,
    A,
    _,
    O = 0,
    k = 0,
    M = 0,
    N = !1,
    x = !1,
    j = !1
  const I = () => {
      if (N || x || j) return !1
      const t = Math.max(1, y.Tt ?? y)
      return k < t && k + $.e < t + (p ?? (s ? t : 0))
    },
    P = async () => {
      const t = g.pop() ?? b.push(void 0) - 1
      for (; I();) {
        let r
        N = !0
        try {
          if (((S ??= e[m ? Symbol.asyncIterator : Symbol.iterator]()), !j)) {
            const t = S.next(),
              e = m ? await t : t
            e.done ? (x = !0) : (r = e.value)
          }
        } catch (t) {
          ;((x = !0), (_ ??= [t]), $.stop())
        }
        if (((N = !1), ae(r), x || j)) break
        const o = O
        ;((O += 1), (k += 1))
        const i = c()
        m && $.o()
        const s = (b[t] = new AbortController())
        let a,
          f,
          h = 0
        try {
          ;('function' == typeof r?.then && (r = await r),
            (M += h = 1),
            y.It && (a = await y.It({ signal: s.signal })),
            j ||
              ((f = n(r, o, s)),
              (f = await f),
              j || u(i, d ? { status: 'fulfilled', value: f } : f)))
        } catch (t) {
          ;(f || (await f),
            d
              ? u(i, { status: 'rejected', reason: t })
              : se(s.signal, t) || se(w, t) || ((T[o] = t), $.stop()))
        }
        ;(a?.release(), (M -= h), (k -= 1), y.It && $.o())
      }
      ;((b[t] = void 0), g.push(t), $.o())
    },
    $ = {
      e: 0,
      o() {
        for (w && !j && ((A ??= Vt(w, $.stop)), w.aborted && $.stop()); I();) P()
        if (
          (x && k + $.e === 0 && $.stop(),
          j &&
            ((async () => {
              if (x || !S || (N && !m)) return
              x = !0
              const t = N ? 0 : 1
              M += t
              try {
                await S.St?.()
              } catch (t) {
                _ ??= [t]
              }
              ;((M -= t), $.o())
            })(),
            0 === M))
        ) {
          const t = Object.values(T)
          ;((_ ??= t.length > 1 ? [new AggregateError(t, 'items failed')] : t), l(_))
        }
      },
      stop() {
        if (!j) {
          ;((j = !0), w?.aborted && (_ ??= [w.reason]), A?.())
          for (const t of b) t?.abort(w?.reason)
          $.o()
        }
      },
    }
  return $
}
function ae(t) {
  t instanceof Promise && t.catch(() => {})
}
function ue(t, e, n, r, o) {
  const i = (t) => (t.next ??= { e: void 0, o: void 0 })
  let s,
    c = {},
    a = c,
    u = c,
    f = !1
  const h = () => (u = i(u)),
    l = ce(
      t,
      e,
      n,
      r,
      o,
      o ? h : () => {},
      (t = h(), e) => {
        ;((t.e = { done: !1, value: e }), (l.e += 1), d())
      },
      (t) => {
        ;((s = t), d())
      },
    ),
    d = () => {
      for (let t = c.next; t?.o; t = c.next) {
        const e = t.e && !f && !r?.signal?.aborted,
          n = e ? t.e : s && m(s)
        if (!n) return
        ;((c = t), t.o(n), e && ((l.e -= 1), l.o()))
      }
    },
    m = async (t) => {
      if (t.length > 0 && !f) throw ((f = !0), t[0])
      return { done: !0, value: void 0 }
    },
    y = () =>
      new Promise((t) => {
        ;(((a = i(a)).o = t), d(), l.o())
      }),
    w = () => ((f = !0), l.stop(), y())
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: y,
    St: w,
    async Pt(t) {
      throw (await w(), t)
    },
  }
}
function fe(t, e, n) {
  return (
    'function' == typeof e || n || ((n = e), (e = (t, e, n) => t(n))),
    ue('call asCompleted', t, e, n)
  )
}
var he = {}
function le(t) {
  let e = n('limit', 'concurrency', t),
    r = 0,
    o = 0,
    i = {},
    s = i
  const c = (t) => {
      ;((o += 1), (s.o = t), (s = s.next = {}))
    },
    u = () => {
      for (; r < e && i.next; i = i.next) ((o -= 1), (r += 1), i.o?.())
    }
  return Object.defineProperties(
    async function t(n, ...o) {
      ;(a('limit', 'fn', n), r < e ? (r += 1) : (he.wait?.(t), await new Promise(c)))
      try {
        const { call: e } = he
        return e ? await e(t, () => n(...o)) : await n(...o)
      } finally {
        ;((r -= 1), u())
      }
    },
    {
      active: { get: () => r },
      _t: { get: () => o },
      u: {
        get: () => e,
        set: (t) => {
          ;((e = n('limit', 'concurrency', t)), u())
        },
      },
    },
  )
}
function de(t, e, n) {
  return ye('call map', t, e, n)
}
function me(t, e, n) {
  return ye('call mapSettled', t, e, n, !0)
}
function ye(t, e, n, r, o) {
  return new Promise((i, s) => {
    const c = []
    ce(
      t,
      e,
      n,
      r,
      !1,
      () => c.push(void 0) - 1,
      (t, e) => {
        c[t] = e
      },
      (t) => {
        ;(t.forEach(s), i(c))
      },
      o,
    ).o()
  })
}
function we(t, e, n) {
  return ue('call mapIterable', t, e, n, !0)
}
var pe = class extends Error {
  static {
    this.prototype.name = 'TimeoutError'
  }
  code = 'JITNEY_TIMEOUT'
  constructor(t) {
    ;(super(`it took longer than ${t} ms`), (this.timeout = t))
  }
}
function be(t) {
  const e = new AbortController(),
    n = (t) => {
      e.abort(t)
    }
  return { signal: e.signal, abort: n, o: ve(t, n) }
}
function ve({ signal: t, timeout: e = 1 / 0, q: n = Qt }, r) {
  const o = new ut(
    n,
    (t) => t(),
    () => {
      r(new pe(e))
    },
  )
  o.set(n.now() + e)
  const i = () => {
    r(t?.reason)
  }
  t?.aborted && i()
  const s = t && Vt(t, i)
  return () => {
    ;(o.clear(), s?.())
  }
}
var ge = p({
    timeout: w(s),
    signal: w(h),
    q: w(u),
    $t: w(
      l('one of all, first, first-error', (t) => ['all', 'first', 'first-error'].includes(t)),
      'all',
    ),
  }),
  Ee = new WeakMap()
async function Te(t, e) {
  f('wait', 'tasks', t)
  const n = ge('wait', 'options', e),
    { $t: r } = n,
    o = new Set(),
    i = new Set(t),
    s = []
  await new Promise((t) => {
    ;(s.push(ve(n, t)), 0 === i.size && t())
    for (const e of i) {
      const n = Se(e),
        c = () => {
          ;(i.delete(e), o.add(e), (0 === i.size || 'first' === r || (n.o && 'all' !== r)) && t())
        }
      ;(n.add(c), s.push(() => n.delete(c)), void 0 !== n.o && c())
    }
  })
  for (const t of s) t()
  return { done: o, waiting: i }
}
function Se(t) {
  const e = E(t, 'then') ? t : t?.promise,
    n = Ee.get(e)
  if (n) return n
  const r = new Xt(),
    o = (t) => () => {
      ;((r.o = t), r.kt())
    }
  return (E(e, 'then') ? (Ee.set(e, r), e.then(o(!1), o(!0))) : o(!1)(), r)
}
var Ae = p({ timeout: s, signal: w(h), q: w(u), fallback: (t, e, n) => n })
async function _e(t, e) {
  a('call withTimeout', 'fn', t)
  const n = Ae('call withTimeout', 'options', e),
    { signal: r, fallback: o } = n,
    { signal: i, o: s } = be(n)
  try {
    i.throwIfAborted()
    const e = await t({ signal: i })
    return (i.throwIfAborted(), e)
  } catch (t) {
    if (!se(i, t)) throw t
    if (void 0 === o || i.reason === r?.reason) throw i.reason
    return o
  } finally {
    s()
  }
}
var Oe = 'run task group',
  ke = p({ signal: w(h), u: w(o, 1 / 0), Ct: w(m('boolean'), !0) }),
  Me = p({ name: w(m('string')) })
async function Ne(t, e) {
  a(Oe, 'body', t)
  const { signal: n, u: r, Ct: o } = ke(Oe, 'options', e),
    i = 'number' == typeof r ? new ie(r) : r,
    { signal: s, abort: c, o: u } = be({ signal: n })
  s.throwIfAborted()
  const f = new Set(),
    h = new Set()
  let l,
    d,
    m = 0,
    y = 0,
    w = !1,
    p = {},
    b = p
  const v = () => {
    ;(d?.(),
      (l = new Promise((t) => {
        d = t
      })))
  }
  function g(t, e, n) {
    return se(e, t)
      ? 'aborted'
      : (n ||
          (f.add(t),
          c(
            Object.assign(Wt('JITNEY_GROUP_ABORTED', Oe, 'a task failed'), { name: 'AbortError' }),
          )),
        'rejected')
  }
  function E(t, e, n, r) {
    a(Oe, 'fn', t)
    const { name: c = t.name || 'task ' + (y + 1) } = Me(Oe, 'options', e)
    if (w) throw Wt('JITNEY_GROUP_ENDED', Oe, 'it has ended')
    s.throwIfAborted()
    const { signal: u, abort: f, o: l } = be(T)
    let d, E, S
    const A = {
      name: c,
      state: 'queued',
      result() {
        if ('fulfilled' === A.state) return d
        throw A.error()
      },
      error() {
        if (!h.has(A)) return E
        throw Wt('JITNEY_TASK_NOT_ENDED', `read task '${c}'`, 'it is ' + A.state)
      },
      abort: f,
    }
    ;(h.add(A),
      (y += 1),
      (A.promise = (async () => (
        n || ((m += 1), (S = i.tt() ?? (await i.It({ signal: u })))),
        u.throwIfAborted(),
        (A.state = 'running'),
        t({
          signal: u,
          t: (t) => {
            ;(r?.(t), (r = void 0))
          },
        })
      ))()))
    const _ = (t) => {
      ;((A.state = t),
        l(),
        h.delete(A),
        n || ((m -= 1), (p.o = A), (p = p.next = {}), o || (b = p)),
        v(),
        S?.release())
    }
    return (
      A.promise.then(
        (t) => {
          ;((d = t), _('fulfilled'))
        },
        (t) => {
          ;((E = t), _(g(t, u, r)))
        },
      ),
      A
    )
  }
  v()
  const T = {
    signal: s,
    zt: E,
    start: (t, e) => {
      const n = new Promise((r, o) => {
        ;(async () => {
          throw (
            await E(t, e, !1, r).promise,
            s.throwIfAborted(),
            Wt('JITNEY_TASK_NOT_STARTED', 'start task', 'it has ended')
          )
        })().catch((t) => {
          ;(se(s, t) && n.catch(() => {}), o(t))
        })
      })
      return n
    },
    background: (t, e) => E(t, e, !0),
    abort: c,
    stats() {
      const t = [...h].filter((t) => 'running' === t.state).map((t) => t.name)
      return Object.freeze({ _t: h.size - t.length, Bt: t.length, ended: y - h.size, names: t })
    },
    async *[Symbol.asyncIterator]() {
      let t = b
      for (; t.next || m > 0;) t.next ? (yield t.o, (t = t.next)) : await l
    },
  }
  let S
  try {
    S = await t(T)
  } catch (t) {
    g(t, s)
  }
  for (; h.size > 0;) (0 === m && c(), await l)
  if (((w = !0), u(), f.size > 0)) throw Wt('JITNEY_GROUP_FAILED', Oe, f.size + ' tasks failed', f)
  return (s.reason === n?.reason && s.throwIfAborted(), S)
}
export {
  _ as BatchAbortedError,
  A as BatchError,
  O as BatchTimeoutError,
  Gt as Batcher,
  k as BatcherClosedError,
  te as Channel,
  M as QueueFullError,
  oe as RateLimiter,
  ie as Semaphore,
  pe as TimeoutError,
  fe as asCompleted,
  le as limit,
  de as map,
  we as mapIterable,
  me as mapSettled,
  bt as outcome,
  Ne as taskGroup,
  Te as wait,
  _e as withTimeout,
}
