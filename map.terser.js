function t(t, e, n, r, o = 'JITNEY_WRONG_TYPE') {
  return Object.assign(
    ('JITNEY_OUT_OF_RANGE' === o ? RangeError : TypeError)(
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
    { code: o },
  )
}
var e = c('an integer of at least 1, or Infinity, or 0', (t) => 0 === t || u(t), 'number'),
  n = c(
    'an integer of at least 1, or Infinity, or a Semaphore',
    (t) => u(t) || s(t, 'tryAcquire'),
    'number',
  ),
  r = i('a function', 'call'),
  o = i('an iterable', Symbol.iterator),
  a = i('an AbortSignal', 'addEventListener')
function c(e, n, r) {
  return (o, a, c) => {
    if (n(c)) return c
    throw t(o, a, e, c, typeof c === r ? 'JITNEY_OUT_OF_RANGE' : void 0)
  }
}
function i(t, e) {
  return c(t, (t) => s(t, e))
}
function s(t, e) {
  return 'function' == typeof t?.[e]
}
function u(t) {
  return t === 1 / 0 || (Number.isSafeInteger(t) && t > 0)
}
var f = new WeakMap(),
  l = class extends Set {
    handleEvent() {
      for (const t of this) t()
    }
  }
function y(t, e) {
  try {
    return t?.aborted && (e === t.reason || 'AbortError' === e.name)
  } catch {
    return !1
  }
}
function b(c, i, u, b = {}, p, g, h, m, v) {
  const w = s(i, Symbol.asyncIterator) || !o(c, 'source', i)
  ;(r(c, 'fn', u),
    ((e, n, r, o = 'options') => {
      if ('[object Object]' !== {}.toString.call(n)) throw t(e, o, 'an object', n)
      for (const o in n)
        if (!r.includes(o))
          throw t(e, 'option', 'one of ' + r.join(', '), o, 'JITNEY_UNKNOWN_OPTION')
    })(c, b, p ? ['concurrency', 'signal', 'buffer'] : ['concurrency', 'signal']))
  const { concurrency: E = 1 / 0, signal: N, buffer: O } = b
  ;(n(c, 'concurrency', E),
    void 0 !== N && a(c, 'signal', N),
    void 0 !== O && e(c, 'buffer', O),
    Array.isArray(i) && i.forEach(d))
  const S = [],
    I = [],
    _ = {}
  let j,
    A,
    T,
    x = 0,
    $ = 0,
    J = 0,
    P = !1,
    Y = !1,
    q = !1
  const R = () => {
      if (P || Y || q) return !1
      const t = Math.max(1, E.capacity ?? E)
      return $ < t && $ + G.e < t + (O ?? (p ? t : 0))
    },
    C = async () => {
      const t = I.pop() ?? S.push(void 0) - 1
      for (; R();) {
        let e
        P = !0
        try {
          if (((j ??= i[w ? Symbol.asyncIterator : Symbol.iterator]()), !q)) {
            const t = j.next(),
              n = w ? await t : t
            n.done ? (Y = !0) : (e = n.value)
          }
        } catch (t) {
          ;((Y = !0), (T ??= [t]), G.stop())
        }
        if (((P = !1), d(e), Y || q)) break
        const n = x
        ;((x += 1), ($ += 1))
        const r = g()
        w && G.t()
        const o = (S[t] = new AbortController())
        let a,
          c,
          s = 0
        try {
          ;('function' == typeof e?.then && (e = await e),
            (J += s = 1),
            E.acquire && (a = await E.acquire({ signal: o.signal })),
            q ||
              ((c = u(e, n, o)),
              (c = await c),
              q || h(r, v ? { status: 'fulfilled', value: c } : c)))
        } catch (t) {
          ;(c || (await c),
            v
              ? h(r, { status: 'rejected', reason: t })
              : y(o.signal, t) || y(N, t) || ((_[n] = t), G.stop()))
        }
        ;(a?.release(), (J -= s), ($ -= 1), E.acquire && G.t())
      }
      ;((S[t] = void 0), I.push(t), G.t())
    },
    G = {
      e: 0,
      t() {
        for (
          N &&
          !q &&
          ((A ??= ((t, e) => {
            const n = f.get(t) ?? new l()
            return (
              f.set(t, n),
              t.addEventListener('abort', n),
              n.add(e),
              () => {
                ;(n.delete(e), 0 === n.size && t.removeEventListener('abort', n))
              }
            )
          })(N, G.stop)),
          N.aborted && G.stop());
          R();
        )
          C()
        if (
          (Y && $ + G.e === 0 && G.stop(),
          q &&
            ((async () => {
              if (Y || !j || (P && !w)) return
              Y = !0
              const t = P ? 0 : 1
              J += t
              try {
                await j.return?.()
              } catch (t) {
                T ??= [t]
              }
              ;((J -= t), G.t())
            })(),
            0 === J))
        ) {
          const t = Object.values(_)
          ;((T ??= t.length > 1 ? [new AggregateError(t, 'items failed')] : t), m(T))
        }
      },
      stop() {
        if (!q) {
          ;((q = !0), N?.aborted && (T ??= [N.reason]), A?.())
          for (const t of S) t?.abort(N?.reason)
          G.t()
        }
      },
    }
  return G
}
function d(t) {
  t instanceof Promise && t.catch(() => {})
}
function p(t, e, n, r, o) {
  const a = (t) => (t.next ??= { e: void 0, t: void 0 })
  let c,
    i = {},
    s = i,
    u = i,
    f = !1
  const l = () => (u = a(u)),
    y = b(
      t,
      e,
      n,
      r,
      o,
      o ? l : () => {},
      (t = l(), e) => {
        ;((t.e = { done: !1, value: e }), (y.e += 1), d())
      },
      (t) => {
        ;((c = t), d())
      },
    ),
    d = () => {
      for (let t = i.next; t?.t; t = i.next) {
        const e = t.e && !f && !r?.signal?.aborted,
          n = e ? t.e : c && p(c)
        if (!n) return
        ;((i = t), t.t(n), e && ((y.e -= 1), y.t()))
      }
    },
    p = async (t) => {
      if (t.length > 0 && !f) throw ((f = !0), t[0])
      return { done: !0, value: void 0 }
    },
    g = () =>
      new Promise((t) => {
        ;(((s = a(s)).t = t), d(), y.t())
      }),
    h = () => ((f = !0), y.stop(), g())
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: g,
    return: h,
    async throw(t) {
      throw (await h(), t)
    },
  }
}
function g(t, e, n) {
  return (
    'function' == typeof e || n || ((n = e), (e = (t, e, n) => t(n))),
    p('call asCompleted', t, e, n)
  )
}
function h(t, e, n) {
  return v('call map', t, e, n)
}
function m(t, e, n) {
  return v('call mapSettled', t, e, n, !0)
}
function v(t, e, n, r, o) {
  return new Promise((a, c) => {
    const i = []
    b(
      t,
      e,
      n,
      r,
      !1,
      () => i.push(void 0) - 1,
      (t, e) => {
        i[t] = e
      },
      (t) => {
        ;(t.forEach(c), a(i))
      },
      o,
    ).t()
  })
}
function w(t, e, n) {
  return p('call mapIterable', t, e, n, !0)
}
export { g as asCompleted, h as map, w as mapIterable, m as mapSettled }
