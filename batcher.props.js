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
function e(e, n, o, r, s = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === s ? RangeError : TypeError)(
      `Cannot ${e}: '${n}' must be ${o}, received ${t(r)}`,
    ),
    { code: s },
  )
}
var n = h('an integer of at least 1, or Infinity', w, 'number'),
  o = h(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => w(t) || v(t, 'tryAcquire'),
    'number',
  ),
  r = h('a number above 0', (t) => g(t) && t > 0, 'number'),
  s = h('milliseconds of at least 0', g, 'number'),
  i = h('a finite number', (t) => Number.isFinite(t), 'number'),
  c = l('a function', 'call'),
  a = l('a Clock', 'clearTimeout'),
  u = l('an iterable', Symbol.iterator),
  f = l('an AbortSignal', 'addEventListener')
function h(t, n, o) {
  return (r, s, i) => {
    if (n(i)) return i
    throw e(r, s, t, i, typeof i === o ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function l(t, e) {
  return h(t, (t) => v(t, e))
}
function m(t) {
  return h('a ' + t, (e) => typeof e === t)
}
function d(t) {
  return h('one of ' + t.join(', '), (e) => t.includes(e), 'string')
}
function p(t, e) {
  return (n, o, r = e) => (void 0 === r ? r : t(n, o, r))
}
function y(t) {
  const n = Object.keys(t)
  return (o, r, s = {}) => {
    ;((t, n, o, r = 'options') => {
      if ('[object Object]' !== {}.toString.call(n)) throw e(t, r, 'an object', n)
      for (const r in n)
        if (!o.includes(r))
          throw e(t, 'option', 'one of ' + o.join(', '), r, 'JITNEY_UNKNOWN_OPTION')
    })(o, s, n, r)
    const i = {}
    for (const e of n) i[e] = t[e](o, 'options' === r ? e : `${r}.${e}`, s[e])
    return i
  }
}
function b(t) {
  return (e, n, o) => Array.from([].concat(o), (o) => t(e, n, o))
}
function v(t, e) {
  return 'function' == typeof t?.[e]
}
function w(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
function g(t) {
  return 'number' == typeof t && t >= 0
}
var E = class extends Error {
    static {
      this.prototype.name = 'BatchError'
    }
    code = 'JITNEY_BATCH_FAILED'
  },
  T = class extends Error {
    static {
      this.prototype.name = 'BatchAbortedError'
    }
    code = 'JITNEY_BATCH_ABORTED'
  },
  S = class extends Error {
    static {
      this.prototype.name = 'BatchTimeoutError'
    }
    code = 'JITNEY_BATCH_TIMEOUT'
    t = !0
  },
  x = class extends Error {
    static {
      this.prototype.name = 'BatcherClosedError'
    }
    code = 'JITNEY_BATCHER_CLOSED'
    t = !1
  },
  A = class extends Error {
    static {
      this.prototype.name = 'QueueFullError'
    }
    code = 'JITNEY_QUEUE_FULL'
  }
function _(t, e) {
  ;(e.n ?? e.o) && (e.a = t)
}
var O = {}
function M(t) {
  return void 0 !== t.resolve
}
function N(t, e) {
  const { resolve: n, n: o } = t
  return (
    void 0 !== n &&
    ((t.resolve = void 0),
    (t.item = void 0),
    void 0 !== o && ((t.n = void 0), o.release(t)),
    n(e),
    !0)
  )
}
function j(t, e, n, o) {
  e.n ??= new WeakSet()
  const r = n.o?.size > 1 || e.n.has(o)
  ;(e.n.add(Object(o)), z(t, [n], () => (r ? k(t, E, { cause: o }) : o)))
}
function B(t, e, n, o) {
  z(t, n, () => k(t, E, { cause: o }, void 0, e))
}
function $(t, e) {
  const { timeout: n } = t.o
  return k(t, S, { timeout: n }, `it took longer than ${n} ms`, e)
}
function z(t, e, n) {
  for (const o of e) {
    for (const e of o.o ?? [o]) {
      if (!M(e)) continue
      const r = n(o)
      ;((t.s.i += 1), void 0 !== e.stack && C(e.stack, r), I(e, r))
    }
    ;(o.o?.clear(), N(o, void 0))
  }
}
function I(t, e) {
  N(t, Promise.reject(e))
}
function k(e, n, o, r = ((e) => t(e).replace(/^Error: /, ''))(o.cause), s) {
  const { name: i } = e.o
  return Object.assign(
    new n(
      `Cannot process ${s ? 'batch of ' + s.size : 'item'}${void 0 === i ? '' : ` of '${i}'`}: ${r}`,
      o,
    ),
    o,
  )
}
function C(t, e) {
  try {
    e.stack.includes(P) || (e.stack += t.replace('Error', P))
  } catch {}
}
var P = '\n    called from'
function Q({ o: { u: t } }) {
  return 'number' == typeof t ? t : 1 / 0
}
function J(t) {
  ;(t.wait?.o(), (t.wait = void 0))
}
function L(t, e, n) {
  t.wait?.e !== e &&
    (J(t),
    (t.wait = {
      e,
      r: n,
      o: e.h(n, () => {
        ;((t.wait = void 0), (t.l = 1), t.update(!0), (t.l = 1 / 0))
      }),
    }))
}
function Y(t, { of: e }) {
  return 'items' === e ? t.length : 'weight' !== e ? 1 : t.reduce((t, { s: e }) => t + e[0], 0)
}
function R(t, e) {
  return e.r <= t.m
}
function D(t, e) {
  for (const n of e) (_(t.n, n), t.n.push(n))
}
function K(t, e) {
  ;((e.item = void 0), (e.f = t), t.o?.add(e))
}
function U(t) {
  return t.o.p - t.n.size + t.n.r
}
function F(t, e, n) {
  const { v: o, p: r, overflow: s } = t.o,
    i = 'open' === t.e,
    c = i && t.d.get(e.key)?.get(n),
    a = U(t)
  if (!i || (!c && a <= 0 && 'reject' === s))
    return (
      (t.s.T += 1),
      I(e, i ? k(t, A, { p: r }, `'maxQueueSize' of ${r} is reached`) : k(t, x, {}, 'it is closed'))
    )
  if (c) return K(c, e)
  const u = o
      ? ((t, e, n) => {
          const o = t.d.get(e.key) ?? new Map(),
            r = new Set(),
            s = {
              ...e,
              o: r,
              n: void 0,
              resolve(s) {
                ;(o.delete(n),
                  0 === o.size && t.d.delete(e.key),
                  (t.s.S += Math.max(0, r.size - 1)))
                for (const t of r) N(t, s)
              },
            }
          return (t.d.set(e.key, o.set(n, s)), K(s, e), s)
        })(t, e, n)
      : e,
    f = a > 0 ? t.n : t.a
  ;(_(f, u), (f.push(u) || 1 === a) && t.A.size < Q(t) && t.update())
}
function G(t) {
  for (; t.a.size > 0 && U(t) > 0;) {
    const e = t.a.first
    ;(t.a.e(e), D(t, [e]))
  }
}
var W = y({ signal: p(f), priority: p(i) })
function q(t, e) {
  let n = void 0 === e
  for (const t in e) {
    const o = e[t]
    if (
      ((n = 'signal' === t ? o instanceof AbortSignal : 'priority' === t && Number.isFinite(o)), !n)
    )
      break
  }
  n || W(t, 'options', e)
}
var H = y({ timeout: p(s, 1 / 0) })
function V(t) {
  const { process: e } = globalThis
  return e?._?.(t)
}
var X = V('node:diagnostics_channel'),
  Z = X?.O?.('jitney:batch'),
  tt = X?.channel('jitney:batch:abandoned'),
  et = V('node:util')?.M('jitney'),
  nt = AbortSignal.abort().reason
function ot(t, e) {
  const { entries: n, message: o } = t
  if (o && !t.N) {
    for (; t.j < n.length; t.j += 1) if (M(n[t.j])) return
    ;((t.N = !0), t.r?.clear(), tt?.B(o), rt(t, e), (t.entries = n.map((t) => (t.$ ? t : O))))
  }
}
function rt({ entries: t, A: e }, n) {
  e.abort(n)
  for (const e of t) e.A?.abort(n)
}
function st(t, e) {
  ;(t.A.delete(e), e.r?.clear(), e.s?.(), (e.entries = []), e.f.release?.(), t.update())
}
var it = class {
  I = 1 / 0
  constructor(t, e, n) {
    let o
    this.set = (r) => {
      if (r === this.I) return
      if ((t.clearTimeout(o), (this.I = r), r === 1 / 0)) return
      const s = () => {
          const e = this.I
          ;(this.clear(), t.now() < e ? this.set(e) : n())
        },
        i = Math.min(Math.max(0, r - t.now()), 2 ** 31 - 1)
      o = e(() => t.setTimeout(s, i))
    }
  }
  clear() {
    this.set(1 / 0)
  }
}
function ct(t) {
  const { k: e, C: n } = t,
    o = t.P ? 'size' : t.J
  return o
    ? { at: -1 / 0, reason: o }
    : 'adaptive' === e
      ? { at: n, reason: t.active ? 'slot' : 'idle' }
      : { at: n + e, reason: 'time' }
}
function at(t) {
  ft(() => {
    const { process: e, setImmediate: n = setTimeout } = globalThis
    ;(e?.L ?? n)(t)
  })
}
function ut() {
  return new Promise(at)
}
function ft(t) {
  Promise.resolve().then(t)
}
var ht = class {
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
          const o = new AbortController(),
            { signal: r } = o,
            { id: s = `${(lt += 1)}-${Math.random()}`, $: i = 0 } = t
          return (
            M(t) && Object.assign(t, { id: s, A: o }),
            (!e && M(t)) || o.abort(n),
            { id: s, Y: i + 1, signal: r }
          )
        })(t, this.signal),
      ))
    }
  },
  lt = 0,
  mt = Symbol.for('jitney.outcome')
function dt(t) {
  return [t.n, t.a, ...t.c, ...t.R]
}
function pt(t) {
  return dt(t).reduce((t, { size: e }) => t + e, -t.a.size)
}
function yt(t, e, n) {
  const o = new it(t.o.D, t.y, n)
  return (o.set(t.o.D.now() + e), o)
}
function bt(t, e, n) {
  const o = [],
    r = {
      size: 0,
      r: yt(t, n, () => {
        ;(D(t, r.o()), t.update())
      }),
      get all() {
        return o.filter(M)
      },
      add(t) {
        ;(e.add(r), o.push(t), _(r, t), (r.size += 1))
      },
      e() {
        ;((r.size -= 1), 0 === r.size && r.o())
      },
      o: () => (e.delete(r), r.r.clear(), r.all),
    }
  return r
}
function vt({ o: t }, e) {
  return gt(() => t.retry.when(e)) ? t.retry.$ : 0
}
function wt(t, e, n, o, r) {
  if (!M(n)) return !1
  t.flush = void 0
  const s = (n.$ = (n.$ ?? 0) + 1)
  if (s >= o) return !0
  e.o ??= new Map()
  let i = e.o.get(r)
  if (!t.R.has(i)) {
    const { K: n, U: o } = t.o.retry,
      c = Math.min(o, n * 2 ** (s - 1)),
      a = Math.max(r, Math.random() * c || 0)
    ;((i = bt(t, t.R, 'open' === t.e ? a : 0)), e.o.set(r, i))
  }
  return (i?.add(n), !1)
}
function gt(t) {
  try {
    return !0 === t()
  } catch {
    return !1
  }
}
async function Et(t, n, o, r) {
  n.open += 1
  try {
    const s = await o()
    void 0 === r
      ? ((t, n, o) => {
          const { entries: r, size: s } = n,
            i = Array.isArray(o) || ArrayBuffer.isView(o) ? o : []
          void 0 !== o &&
            i.length !== s &&
            B(
              t,
              n,
              r,
              e(
                'take results',
                'results',
                `an array of ${s} outcomes, or undefined`,
                o,
                'JITNEY_WRONG_RESULT',
              ),
            )
          const c = Math.max(s, i.length)
          for (let e = 0; e < c; e += 1) {
            const o = r[e] ?? O
            try {
              const r = i[e]
              'object' == typeof r || 'function' == typeof r
                ? Tt(t, n, e, r)
                : N(o, r) && (t.s.S += 1)
            } catch (e) {
              j(t, n, o, e)
            }
          }
        })(t, n, s)
      : Tt(t, n, r, s)
  } catch (e) {
    void 0 === r
      ? ((t, e, n) => {
          const o = e.$ ?? vt(t, n),
            r = e.entries.filter((n) => wt(t, e, n, o, 0))
          if (
            t.o.F &&
            e.size > 1 &&
            !((t) =>
              gt(() => {
                const { name: e, status: n, statusCode: o } = Object(t)
                return /(Abort|Timeout)Error$/.test(e) || [n, o].includes(429)
              }))(n)
          )
            for (const e of [r.splice(0, Math.ceil(r.length / 2)), r]) {
              const n = bt(t, t.c, 1 / 0)
              for (const t of e) n.add(t)
            }
          else B(t, e, r, n)
        })(t, n, e)
      : j(t, n, n.entries[r] ?? O, e)
  }
  ;((n.open -= 1), (n.o = void 0), 0 === n.open ? st(t, n) : (ot(n, nt), n.N && t.update()))
}
function Tt(t, e, n, o) {
  const r = e.entries[n] ?? O,
    s = ((c = o), c?.[mt]),
    i = s ? o.content : o
  var c
  if ('error' === s || o instanceof Error) j(t, e, r, i)
  else if ('retry' === s) {
    const { G: o, retry: s } = t.o,
      c = i
    if (c < 1 / 0) for (const t of o) t.W(c)
    ;((e.entries[n] = O),
      wt(t, e, r, s.$, c) &&
        ((t, e) => {
          const n = `not done after ${t.o.retry.$} attempts`
          z(t, e, () => k(t, E, {}, n))
        })(t, [r]))
  } else
    v(i, 'then')
      ? Et(t, e, async () => (s ? { ...o, content: await i } : i), n)
      : N(r, i) && (t.s.S += 1)
}
function St(t) {
  return (
    t.j ||
      ((t.j = { o: t.o.D.now() }),
      at(() => {
        ;((t.j = void 0), t.update(!0))
      })),
    t.j
  )
}
function xt(t, e) {
  const { n, q: o, o: r } = t
  for (const e of t.c)
    if (!o || e.all.some((e) => R(t, e))) return At(t, 'split', e.all, () => e.o())
  let s,
    i = 1 / 0,
    c = t.A.size
  for (const a of ['byAge', 'ready']) {
    const u = c < Q(t) ? n[a].first : void 0
    if (!u) continue
    const { o: f } = u,
      h = R(t, f)
    if (o && !h) continue
    const { at: l, reason: m } = ct({
      P: !o && (u.P || U(t) <= 0),
      J: 'open' === t.e ? (h ? 'flush' : u.r ? 'retry' : void 0) : 'close',
      C: f.j.o,
      k: r.k,
      active: c,
    })
    if (l <= f.j.o || (l < 1 / 0 && l <= r.D.now())) {
      if (e || l === -1 / 0) return At(t, m, [u.first], () => n.take(u))
      ;((s = !1), f.j !== St(t) && (c += 1))
    } else i = Math.min(i, l)
  }
  return (t.g.set(i), s)
}
function At(t, e, n, o) {
  t.g.clear()
  const r = ((t, e) => {
    const { u: n, G: o } = t.o,
      { wait: r } = t,
      s = t.l > 0
    r && r.r > Y(e, r.e) && J(t)
    for (const n of o) {
      const o = Y(e, n)
      if (!s || !n.H(0) || n.V < o) return L(t, n, o)
    }
    return 'number' == typeof n ? t.A.size < n && {} : (s && n.X()) || L(t, n, 1)
  })(t, n)
  if (r) {
    const n = o()
    for (const e of t.o.G) e.H(Y(n, e))
    ;((t.l -= 1),
      ((t, e, n, o) => {
        const { Z: r, s, o: i } = t,
          { D: c, name: a, timeout: u } = i,
          f = {
            f: o,
            A: new AbortController(),
            entries: e,
            j: 0,
            size: 0,
            open: 0,
            e() {
              f.a = !0
            },
          }
        if (((t.flush = void 0), t.f.size > 0)) for (const t of e) _(f, t)
        t.A.add(f)
        const h = () => {
          const e = c.now()
          ;(f.a || 'closed' === t.e) && (f.entries = f.entries.filter(M))
          const o = (f.size = f.entries.length)
          if (0 === o) return st(t, f)
          let i = e
          for (const { j: t } of f.entries) i = Math.min(i, t.o)
          const h = { Z: r, name: a, reason: n, size: o, tt: e - i },
            l = () => (h.duration = c.now() - e)
          ;((f.message = h),
            (f.s = () => {
              ;((s.et += l()), et?.('%j', { ...h, Z: void 0 }))
            }),
            (s.nt += 1),
            (s.items += o),
            (f.r = yt(t, u, () => {
              const e = $(t, f),
                n = (f.$ = vt(t, e)),
                o = f.entries.filter(({ $: t = 0 }) => t + 1 >= n)
              ;(z(t, o, () => $(t, f)), ot(f, e), rt(f, e), t.update())
            })))
          const m = new ht(f, n),
            d = () =>
              t.ot(
                f.entries.map(({ item: t }) => t),
                m,
              ),
            p = async () => {
              try {
                return await d()
              } finally {
                l()
              }
            }
          Et(t, f, () => (Z?.rt ? Z.st(p, h) : d()))
        }
        ft(() => {
          t.y(h)
        })
      })(t, n, e, r),
      G(t))
  }
  return !!r
}
var _t = class extends Set {
    o = []
    get first() {
      let t
      for (; this.size > 0 && !this.has((t = this.o.at(-1)));)
        this.o.pop() || (this.o = [...this].sort((t, e) => e.o.r - t.o.r))
      return t
    }
  },
  Ot = class {
    size = 0
    #e = []
    #n = 0
    get first() {
      for (; ; this.#n += 1) {
        const t = this.#e[this.#n]
        if (!t || M(t)) return t
      }
    }
    get all() {
      return (
        this.#n > 0 && (this.#e = this.#e.slice(this.#n)),
        (this.#n = 0),
        this.#e.length > this.size && (this.#e = this.#e.filter(M)),
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
  Mt = class extends Ot {
    key
    r = 0
    #o
    #r
    #s = 1 / 0
    #i
    #c
    constructor(t, e) {
      ;(super(),
        (this.key = t),
        (this.#o = e),
        (this.#r = e.o.weight.map(({ max: t }) => 0.999999999 * t)))
    }
    get P() {
      return this.size >= this.#o.o.it || this.#s <= 0
    }
    get first() {
      return (!1 === this.#i && ((this.#i = !0), this.all.sort(jt)), super.first)
    }
    get o() {
      return (this.#c ??=
        void 0 === this.#i ? this.first : this.all.reduce((t, e) => (t.r < e.r ? t : e)))
    }
    push(t) {
      ;(super.push(t), (t.priority || t.$ || this.#i) && (this.#i = !1), this.#a(t, 1))
    }
    e(t) {
      ;(super.e(t), this.#a(t, -1))
    }
    clear() {
      return (
        (this.#o.size -= this.size),
        (this.#o.r -= this.r),
        (this.key = this.#c = void 0),
        super.clear()
      )
    }
    #a(t, e) {
      const { $: n } = t
      ;((this.#o.size += e),
        t.s && (Nt(this.#r, t.s, e), (this.#s = Math.min(...this.#r))),
        n && ((this.r += e), (this.#o.r += e)),
        (n || t === this.#c) && (this.#c = void 0))
    }
  }
function Nt(t, e, n) {
  e.forEach((e, o) => {
    t[o] = t[o] - n * e
  })
}
function jt(t, e) {
  return Bt(t) - Bt(e) || t.r - e.r
}
function Bt({ $: t, priority: e = 0, j: n }) {
  return t ? -1 / 0 : n.o - 1e3 * e
}
var $t = class {
  size = 0
  r = 0
  o
  #u = new Map()
  ct = new _t()
  ready = new _t()
  constructor(t) {
    this.o = t
  }
  get all() {
    return [...this.ct].flatMap(({ all: t }) => t)
  }
  push(t) {
    const { key: e, $: n } = t
    let o = this.#u.get(e)
    return (
      o || ((o = new Mt(e, this)), this.#u.set(e, o), this.ct.add(o)),
      o.push(t),
      n && (this.ct.o = []),
      this.#f(o)
    )
  }
  e(t) {
    const e = this.#u.get(t.key)
    ;(e.e(t), this.#h(e))
  }
  take(t) {
    const { it: e, G: n, weight: o } = this.o,
      r = o.map(({ max: t }) => t)
    let s = e
    for (const { of: t, V: e } of n)
      ('items' === t && (s = Math.min(s, e)), 'weight' === t && (r[0] = Math.min(r[0], e)))
    if (t.size <= s && 0 === o.length) return this.#l(t)
    const i = []
    let c
    for (; i.length + 1 <= s && (c = t.first) && (Nt(r, c.s ?? [], 1), !r.some((t) => t < 0));)
      (t.e(c), i.push(c))
    return (this.#h(t), i)
  }
  A() {
    for (const t of this.#u.values()) this.#h(t)
  }
  #f(t) {
    const { P: e, r: n } = t
    return ((e || n > 0) && !this.ready.has(t) && (this.ready.add(t), (this.ready.o = [])), e)
  }
  #h(t) {
    ;(this.ct.delete(t),
      this.ready.delete(t),
      0 === t.size ? this.#l(t) : (this.ct.add(t), (this.ct.o = this.ready.o = []), this.#f(t)))
  }
  #l(t) {
    return (this.ct.delete(t), this.ready.delete(t), this.#u.delete(t.key), t.clear())
  }
}
function zt(t, e) {
  if ('closed' === t.e) return
  t.e = 'closed'
  const n = (n, o) => {
    z(t, n, ({ $: n }) => k(t, T, { t: !!(o ?? n), cause: e }))
  }
  for (const e of dt(t)) {
    const { all: t } = e
    n(t)
    for (const n of t) e.e(n)
  }
  for (const { entries: e, message: o } of t.A) n(e, o)
  for (const n of t.A) ot(n, e)
  t.update()
}
function It(t) {
  for (const e of t.splice(0)) e()
}
function kt(t) {
  ;((t.m = t.r), t.update())
}
function Ct(t) {
  return (t.e ??= new Promise((e) => {
    const { resolve: n } = t
    t.resolve = (t) => {
      ;(n?.(t), e())
    }
  }))
}
var Pt = {
    now: () => performance.now(),
    setTimeout: (t, e) => setTimeout(t, e),
    clearTimeout: (t) => {
      clearTimeout(t)
    },
  },
  Qt = p(c),
  Jt = p(m('boolean'), !1),
  Lt = {
    it: p(n, 100),
    k: p(
      h("milliseconds of at least 0, or 'adaptive'", (t) => 'adaptive' === t || g(t), 'number'),
      'adaptive',
    ),
    u: p(o, 1),
    p: p(n, 1 / 0),
    overflow: p(d(['reject', 'wait']), 'reject'),
    weight: p(b(y({ of: c, max: r })), []),
    ut: Qt,
    v: Qt,
    timeout: p(r, 1 / 0),
    retry: p(y({ $: n, K: p(s, 100), U: p(s, 3e4), when: p(c, (t) => !(t instanceof S)) }), {
      $: 3,
      when: () => !1,
    }),
    F: Jt,
    G: p(b(l('a RateLimiter', 'penalize')), []),
    D: p(a, Pt),
    name: p(m('string')),
    ft: Jt,
  },
  Yt = y(Lt),
  Rt = class {
    #m
    constructor(t, n) {
      ;(c('create Batcher', 'batchFunction', t),
        (this.#m = ((t, e, n) => {
          const o = V('node:async_hooks')?.lt.ht() ?? ((t) => t()),
            r = {
              Z: t,
              ot: e,
              o: n,
              y: o,
              e: 'open',
              q: !1,
              m: 0,
              r: 0,
              n: new $t(n),
              a: new Ot(),
              d: new Map(),
              f: new Map(),
              R: new Set(),
              c: new Set(),
              A: new Set(),
              g: new it(n.D, o, () => {
                r.update(!0)
              }),
              l: 1 / 0,
              dt: [],
              closed: [],
              s: { S: 0, i: 0, aborted: 0, T: 0, nt: 0, items: 0, et: 0 },
              update(t) {
                ;(((t, e) => {
                  let n
                  do {
                    n = xt(t, e)
                  } while (n)
                  void 0 === n && J(t)
                })(r, t),
                  ((t) => {
                    const e = t.n.size + t.c.size + t.R.size
                    if ((e + t.A.size === 0 && It(t.dt), 'closing' === t.e && 0 === e)) {
                      for (const { N: e } of t.A) if (!e) return
                      t.e = 'closed'
                    }
                    'closed' === t.e && It(t.closed)
                  })(r))
              },
            }
          return r
        })(
          this,
          t,
          ((t) => {
            const n = Yt('create Batcher', 'options', t),
              [o] = n.weight
            for (const { of: t, yt: r } of n.G)
              if ('weight' === t && void 0 !== o) o.max = Math.min(o.max, r)
              else if ('weight' === t || r < 1)
                throw e(
                  'create Batcher',
                  'rateLimit',
                  "at least 1, or of a given 'weight'",
                  `${r} of ${t}`,
                  'JITNEY_OUT_OF_RANGE',
                )
            return n
          })(n),
        )))
    }
    get it() {
      return this.#m.o.it
    }
    set it(t) {
      this.#d('maxBatchSize', t)
    }
    get k() {
      return this.#m.o.k
    }
    set k(t) {
      this.#d('maxQueueTime', t)
    }
    get u() {
      return this.#m.o.u
    }
    set u(t) {
      this.#d('concurrency', t)
    }
    get state() {
      return this.#m.e
    }
    get bt() {
      return pt(this.#m)
    }
    get vt() {
      return this.#m.A.size
    }
    process(t, e) {
      return new Promise((n) => {
        const o = this.#m,
          { weight: r, ut: s, v: i, ft: c } = o.o
        void 0 !== e || r.length || s || i || c
          ? this.#p(t, n, e)
          : F(o, { item: t, resolve: n, j: St(o), r: (o.r += 1) })
      })
    }
    async wt(t, e) {
      return Promise.all(this.#y(t, e))
    }
    async gt(t, e) {
      return Promise.allSettled(this.#y(t, e))
    }
    Et(t, e) {
      return (
        v(t, Symbol.asyncIterator) || u('process items', 'source', t),
        q('process items', e),
        ((t, e, n, o) => {
          const { u: r, it: s, p: i } = t.o,
            { Tt: c = r } = r,
            a = Math.min(s * (c + 1), i, 1e4),
            u = new AbortController(),
            f = []
          let h,
            l,
            m = !0
          const d = () => {
              ;(l?.(),
                (h = new Promise((t) => {
                  l = t
                })))
            },
            p = (t) => {
              const e = { promise: t },
                n = () => {
                  ;((e.e = !0), d())
                }
              ;(t.then(n, n), f.push(e))
            },
            y = () => {
              ;(u.abort(n?.reason), d())
            },
            b = (async function* () {
              ;(n?.throwIfAborted(), n?.addEventListener('abort', y), d())
              const r = (async () => {
                try {
                  for await (const n of e) {
                    for (
                      m = !1, p(o(n, u.signal)), f.length >= a && !f[0]?.e && kt(t);
                      f.length >= a && !u.signal.aborted;
                    )
                      await h
                    if (u.signal.aborted) return
                    m = !0
                  }
                } catch (t) {
                  p(Promise.reject(t))
                }
                ;((m = void 0), kt(t), d())
              })()
              try {
                for (; !u.signal.aborted;) {
                  const [t] = f
                  if (t?.e) (f.shift(), d(), yield await t.promise)
                  else {
                    if (void 0 === m && !t) return
                    await h
                  }
                }
                n?.throwIfAborted()
              } finally {
                ;(n?.removeEventListener('abort', y), y(), m && (await ut()), m || (await r))
              }
            })(),
            v = b.St.bind(b)
          return ((b.St = (t) => (y(), v(t))), b)
        })(this.#m, t, e?.signal, (t, n) => this.process(t, { ...e, signal: n }))
      )
    }
    flush() {
      return (async (t) => {
        const e = (t.flush = ((t) => {
          const e = t.flush,
            n = dt(t).flatMap(({ all: t }) => t),
            o = e ? n.filter(({ e: t }) => !t) : n
          return Promise.all([e, ...o.map(Ct)])
        })(t))
        ;(kt(t), await e, t.flush === e && (t.flush = void 0), await ut())
      })(this.#m)
    }
    xt() {
      return new Promise((t) => {
        const e = this.#m
        ;(e.dt.push(() => {
          at(t)
        }),
          e.update())
      })
    }
    pause() {
      this.#b(!0)
    }
    resume() {
      this.#b(!1)
    }
    close(t) {
      return new Promise((e) => {
        ;((t, e, n) => {
          const o = yt(t, e, () => {
            zt(t, new DOMException("'timeout' of close() passed", 'TimeoutError'))
          })
          ;(t.closed.push(() => {
            ;(o.clear(), at(n))
          }),
            'open' === t.e &&
              ((t.e = 'closing'),
              (t.q = !1),
              ((t) => {
                for (const e of t.R) D(t, e.o())
              })(t)),
            t.update())
        })(this.#m, H('close Batcher', 'options', t).timeout, e)
      })
    }
    abort(t = AbortSignal.abort().reason) {
      zt(this.#m, t)
    }
    [Symbol.asyncDispose]() {
      return this.close()
    }
    stats() {
      return ((t) => {
        const e = t.o.D.now()
        return Object.freeze({
          name: t.o.name,
          state: t.e,
          At: pt(t),
          waiting: t.a.size,
          active: t.A.size,
          N: [...t.A].filter(({ N: t }) => t).length,
          _t: e - (t.n.ct.first?.o.j.o ?? e),
          ...t.s,
        })
      })(this.#m)
    }
    #p(t, e, n) {
      q('process item', n)
      const o = this.#m,
        { weight: r, ut: s, v: i, ft: c } = o.o,
        a = {
          item: t,
          resolve: e,
          key: s?.(t),
          s: r.map(({ of: e, max: n }) => {
            return h(
              'a finite number from 0 to ' + (o = n),
              (t) => g(t) && t <= o && t < 1 / 0,
              'number',
            )('process item', 'weight', e(t))
            var o
          }),
          priority: n?.priority,
          r: (o.r += 1),
          j: St(o),
        },
        u = i?.(t),
        f = n?.signal
      if (void 0 !== f) {
        if (f.aborted) throw f.reason
        ;((t, e, n) => {
          const o =
            t.f.get(e) ??
            ((t, e) => {
              const n = new Set(),
                o = () => {
                  const o = []
                  for (const r of n) {
                    ;((t.s.aborted += 1), I(r, e.reason))
                    const { f: n = r } = r
                    ;(n.o?.delete(r), n.o?.size || (N(n, void 0), n.a?.e(n), o.push(n)))
                  }
                  G(t)
                  for (const t of o) (ot(t.a, nt), t.A?.abort(e.reason))
                  t.update()
                },
                r = {
                  o: n,
                  release(r) {
                    ;(n.delete(r),
                      n.size > 0 ||
                        (e.removeEventListener('abort', o),
                        t.f.delete(e),
                        0 === t.f.size && (t.f = new Map())))
                  },
                }
              return (e.addEventListener('abort', o), t.f.set(e, r), r)
            })(t, e)
          ;(o.o.add(n), (n.n = o))
        })(o, f, a)
      }
      ;(c && Error.captureStackTrace?.(a, this.process), F(o, a, u))
    }
    #y(t, e) {
      return (
        u('process items', 'items', t), q('process items', e), [...t].map((t) => this.process(t, e))
      )
    }
    #b(t) {
      const e = this.#m
      ;((e.q = t && 'open' === e.e), e.update())
    }
    #d(t, e) {
      const n = this.#m
      ;((n.o[t] = Lt[t]('set ' + t, t, e)), n.n.A(), n.update())
    }
  }
export { Rt as Batcher }
