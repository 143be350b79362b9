function t(t, n, r, e, o = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === o ? RangeError : TypeError)(
      `Cannot ${t}: '${n}' must be ${r}, received ${((t) => {
        try {
          if ('string' == typeof t) return JSON.stringify(t.slice(0, 60))
          if ((Object(t) !== t && 'bigint' != typeof t) || t instanceof Error) return t + ''
          const { length: n } = t,
            r = {}.toString.call(t).slice(8, -1)
          return 'number' == typeof n ? `${r} of ${n}` : r
        } catch {
          return 'an object'
        }
      })(e)}`,
    ),
    { code: o },
  )
}
var n = i('an integer of at least 1, or Infinity, or 0', (t) => 0 === t || f(t), 'number'),
  r = i(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => f(t) || u(t, 'tryAcquire'),
    'number',
  ),
  e = a('a function', 'call'),
  o = a('an iterable', Symbol.iterator),
  c = a('an AbortSignal', 'addEventListener')
function i(n, r, e) {
  return (o, c, i) => {
    if (r(i)) return i
    throw t(o, c, n, i, typeof i === e ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function a(t, n) {
  return i(t, (t) => u(t, n))
}
function u(t, n) {
  return 'function' == typeof t?.[n]
}
function f(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
var s = new WeakMap(),
  l = class extends Set {
    t() {
      for (const t of this) t()
    }
  }
function y(t, n) {
  try {
    return t?.aborted && (n === t.reason || 'AbortError' === n.name)
  } catch {
    return !1
  }
}
function b(i, a, f, b = {}, m, w, p, h, v) {
  const g = u(a, Symbol.asyncIterator) || !o(i, 'source', a)
  ;(e(i, 'fn', f),
    ((n, r, e, o = 'options') => {
      if ('[object Object]' !== {}.toString.call(r)) throw t(n, o, 'an object', r)
      for (const o in r)
        if (!e.includes(o))
          throw t(n, 'option', 'one of ' + e.join(', '), o, 'JITNEY_UNKNOWN_OPTION')
    })(i, b, m ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal']))
  const { o: E = 1 / 0, signal: N, buffer: O } = b
  ;(r(i, 'concurrency', E),
    void 0 !== N && c(i, 'signal', N),
    void 0 !== O && n(i, 'buffer', O),
    Array.isArray(a) && a.forEach(d))
  const S = [],
    _ = [],
    T = {}
  let j,
    A,
    I,
    $ = 0,
    J = 0,
    P = 0,
    Y = !1,
    R = !1,
    x = !1
  const C = () => {
      if (Y || R || x) return !1
      const t = Math.max(1, E.i ?? E)
      return J < t && J + U.e < t + (O ?? (m ? t : 0))
    },
    G = async () => {
      const t = _.pop() ?? S.push(void 0) - 1
      for (; C();) {
        let n
        Y = !0
        try {
          if (((j ??= a[g ? Symbol.asyncIterator : Symbol.iterator]()), !x)) {
            const t = j.next(),
              r = g ? await t : t
            r.done ? (R = !0) : (n = r.value)
          }
        } catch (t) {
          ;((R = !0), (I ??= [t]), U.stop())
        }
        if (((Y = !1), d(n), R || x)) break
        const r = $
        ;(($ += 1), (J += 1))
        const e = w()
        g && U.u()
        const o = (S[t] = new AbortController())
        let c,
          i,
          u = 0
        try {
          ;('function' == typeof n?.then && (n = await n),
            (P += u = 1),
            E.l && (c = await E.l({ signal: o.signal })),
            x ||
              ((i = f(n, r, o)),
              (i = await i),
              x || p(e, v ? { status: 'fulfilled', value: i } : i)))
        } catch (t) {
          ;(i || (await i),
            v
              ? p(e, { status: 'rejected', reason: t })
              : y(o.signal, t) || y(N, t) || ((T[r] = t), U.stop()))
        }
        ;(c?.release(), (P -= u), (J -= 1), E.l && U.u())
      }
      ;((S[t] = void 0), _.push(t), U.u())
    },
    U = {
      e: 0,
      u() {
        for (
          N &&
          !x &&
          ((A ??= ((t, n) => {
            const r = s.get(t) ?? new l()
            return (
              s.set(t, r),
              t.addEventListener('abort', r),
              r.add(n),
              () => {
                ;(r.delete(n), 0 === r.size && t.removeEventListener('abort', r))
              }
            )
          })(N, U.stop)),
          N.aborted && U.stop());
          C();
        )
          G()
        if (
          (R && J + U.e === 0 && U.stop(),
          x &&
            ((async () => {
              if (R || !j || (Y && !g)) return
              R = !0
              const t = Y ? 0 : 1
              P += t
              try {
                await j.m?.()
              } catch (t) {
                I ??= [t]
              }
              ;((P -= t), U.u())
            })(),
            0 === P))
        ) {
          const t = Object.values(T)
          ;((I ??= t.length > 1 ? [new AggregateError(t, 'items failed')] : t), h(I))
        }
      },
      stop() {
        if (!x) {
          ;((x = !0), N?.aborted && (I ??= [N.reason]), A?.())
          for (const t of S) t?.abort(N?.reason)
          U.u()
        }
      },
    }
  return U
}
function d(t) {
  t instanceof Promise && t.catch(() => {})
}
function m(t, n, r, e, o) {
  const c = (t) => (t.next ??= { e: void 0, u: void 0 })
  let i,
    a = {},
    u = a,
    f = a,
    s = !1
  const l = () => (f = c(f)),
    y = b(
      t,
      n,
      r,
      e,
      o,
      o ? l : () => {},
      (t = l(), n) => {
        ;((t.e = { done: !1, value: n }), (y.e += 1), d())
      },
      (t) => {
        ;((i = t), d())
      },
    ),
    d = () => {
      for (let t = a.next; t?.u; t = a.next) {
        const n = t.e && !s && !e?.signal?.aborted,
          r = n ? t.e : i && m(i)
        if (!r) return
        ;((a = t), t.u(r), n && ((y.e -= 1), y.u()))
      }
    },
    m = async (t) => {
      if (t.length > 0 && !s) throw ((s = !0), t[0])
      return { done: !0, value: void 0 }
    },
    w = () =>
      new Promise((t) => {
        ;(((u = c(u)).u = t), d(), y.u())
      }),
    p = () => ((s = !0), y.stop(), w())
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: w,
    m: p,
    async p(t) {
      throw (await p(), t)
    },
  }
}
function w(t, n, r) {
  return (
    'function' == typeof n || r || ((r = n), (n = (t, n, r) => t(r))),
    m('call asCompleted', t, n, r)
  )
}
function p(t, n, r) {
  return v('call map', t, n, r)
}
function h(t, n, r) {
  return v('call mapSettled', t, n, r, !0)
}
function v(t, n, r, e, o) {
  return new Promise((c, i) => {
    const a = []
    b(
      t,
      n,
      r,
      e,
      !1,
      () => a.push(void 0) - 1,
      (t, n) => {
        a[t] = n
      },
      (t) => {
        ;(t.forEach(i), c(a))
      },
      o,
    ).u()
  })
}
function g(t, n, r) {
  return m('call mapIterable', t, n, r, !0)
}
export { w as asCompleted, p as map, g as mapIterable, h as mapSettled }
