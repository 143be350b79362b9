import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoopback, knownHosts } from '../src/server/known-hosts.ts'

describe('knownHosts()', () => {
  it('knows no name that was not given, whatever it looks like', () => {
    const isKnown = knownHosts('127.0.0.1', ['good.example'])
    const label = fc.stringMatching(/^[a-z0-9-]{1,10}$/)
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
    fc.assert(
      fc.property(name, fc.option(fc.nat(65_535)), (host, port) => {
        fc.pre(!isLoopback(host) && host !== 'good.example')
        expect(isKnown(port === null ? host : `${host}:${port}`)).toBe(false)
        expect(isKnown(`good.example.${host}`)).toBe(false)
        expect(isKnown(`${host}.good.example`)).toBe(false)
      }),
    )
  })

  it('knows a name that was given with any port, in any case', () => {
    const isKnown = knownHosts('127.0.0.1', ['Good.Example'])
    fc.assert(
      fc.property(
        fc.nat(65_535),
        (port) => isKnown(`GOOD.example:${port}`) && isKnown(`localhost:${port}`),
      ),
    )
  })

  it('answers any text without throwing, and quickly', () => {
    const isKnown = knownHosts('0.0.0.0', [])
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 2000 }),
        (text) => typeof isKnown(text) === 'boolean',
      ),
    )
    expect(isKnown('a'.repeat(16_000))).toBe(false)
    expect(isKnown(`${'a.'.repeat(8000)}:`)).toBe(false)
  })
})

describe('isLoopback()', () => {
  it.each(['localhost', 'LocalHost', '127.0.0.1', '127.255.0.9', '::1', '[::1]'])(
    'says yes to %s',
    (host) => expect(isLoopback(host)).toBe(true),
  )
  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil',
    '',
  ])('says no to %j', (host) => expect(isLoopback(host)).toBe(false))
})
