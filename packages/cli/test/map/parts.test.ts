import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodyMemory } from '../../src/map/body-memory.ts'
import { DoneSet } from '../../src/map/done-set.ts'
import type { Item } from '../../src/map/item.ts'
import { LineSplitter } from '../../src/map/line-splitter.ts'
import { readRetryAfter } from '../../src/map/retry-after.ts'
import { shellScript } from '../../src/map/shell-script.ts'
import { Template } from '../../src/map/template.ts'
import { UrlTemplate } from '../../src/map/url-template.ts'
import { formatSeconds, progressText } from '../../src/terminal/progress-text.ts'

function item(value: unknown): Item {
  const json = JSON.stringify(value)
  return { index: 0, text: json, json, value }
}

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\u{e9}', '\n', '\r', '\u{1f600}') })
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 5 })), (input, sizes) => {
        const bytes = Buffer.from(input)
        const splitter = new LineSplitter(1000)
        const lines: string[] = []
        let total = 0
        let start = 0
        for (const size of [...sizes, bytes.length]) {
          for (const line of splitter.push(bytes.subarray(start, start + size))) {
            expect(line.index).toBe(lines.length)
            lines.push(line.text)
            total += line.bytes
          }
          start += size
        }
        const last = splitter.end()
        if (last !== undefined) {
          lines.push(last.text)
          total += last.bytes
        }
        const expected = input.split('\n').map((line) => line.replace(/\r$/, ''))
        if (input.endsWith('\n') || input === '') expected.pop()
        expect(lines).toEqual(expected)
        expect(total).toBe(bytes.length)
      }),
    )
  })

  it('takes lines up to the limit, and counts what is longer without keeping it', () => {
    for (const size of [1, 3, 100]) {
      const splitter = new LineSplitter(4)
      const bytes = Buffer.from('1234\r\n12345\n\n123456789\nab')
      const lines = []
      for (let start = 0; start < bytes.length; start += size) {
        lines.push(...splitter.push(bytes.subarray(start, start + size)))
      }
      lines.push(splitter.end()!)
      expect(
        lines.map(({ text, bytes: count, problem }) => problem?.code ?? [text, count]),
      ).toEqual([['1234', 6], 'JITNEY_LINE_TOO_LONG', ['', 1], 'JITNEY_LINE_TOO_LONG', ['ab', 2]])
    }
  })

  it('drops a byte order mark', () => {
    const [line] = new LineSplitter(10).push(Buffer.from('\u{feff}a\n'))
    expect(line!.text).toBe('a')
  })
})

describe('DoneSet', () => {
  it('holds what was added, in as few ranges as there are gaps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), (indexes) => {
        const set = new DoneSet()
        const model = new Set<number>()
        for (const index of indexes) {
          expect(set.add(index)).toBe(!model.has(index))
          model.add(index)
        }
        const all = Array.from({ length: 32 }, (_, index) => index)
        expect(all.filter((index) => set.has(index))).toEqual([...model].sort((a, b) => a - b))
        expect(set.count).toBe(model.size)
        expect(set.ranges).toHaveLength(
          all.filter((index) => model.has(index) && !model.has(index - 1)).length,
        )
        expect(set.isContiguous).toBe([...model].every((index) => index < model.size))
        expect(new DoneSet(set.ranges).ranges).toEqual(set.ranges)
      }),
    )
  })
})

describe('Template', () => {
  it('fills places, and leaves other braces alone', () => {
    const template = Template.parse('{} {a.b} {$id} {"x":1} {a b} ${HOME} ${}')
    const value = { a: { b: true }, $id: '$&' }
    expect(template.fill(item(value), (text) => `<${text}>`)).toBe(
      `<${JSON.stringify(value)}> <true> <$&> {"x":1} {a b} \${HOME} $<${JSON.stringify(value)}>`,
    )
  })

  it('takes no number whose digits were lost', () => {
    const template = Template.parse('{id}')
    for (const id of [2 ** 53, -(2 ** 53), 1e21]) {
      expect(() => template.fill(item({ id }), String)).toThrow(/Cannot fill \{id\}: .* as text$/)
    }
    for (const id of [2 ** 53 - 1, -7, 0.5, '12345678901234567890']) {
      expect(template.fill(item({ id }), String)).toBe(String(id))
    }
  })

  it('takes own fields alone', () => {
    for (const field of ['constructor', '__proto__.polluted', 'a.length.x', 'n', 'o']) {
      const fill = (): string =>
        Template.parse(`{${field}}`).fill(item({ a: 'x', n: null, o: {} }), String)
      expect(fill).toThrow(`Cannot fill {${field}}`)
    }
  })
})

describe('UrlTemplate', () => {
  it('lets no item out of its place', () => {
    const url = new UrlTemplate('http://host:81/a b/{}/./c?q={}#x')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(text !== '.' && text !== '..')
        const { origin, path } = url.fill(item(text))
        const part = encodeURIComponent(text)
        expect({ origin, path }).toEqual({
          origin: 'http://host:81',
          path: `/a%20b/${part}/c?q=${part}`,
        })
      }),
      { examples: [['...'], ['../x'], ['@evil/'], ['$&']] },
    )
  })

  it('lets no item become a step in the path', () => {
    const refused = 'Cannot request it: the item would be a step in the URL'
    const host = 'http://host/'
    for (const dots of ['.', '..']) {
      const value = { host, dots }
      for (const path of ['{dots}', 'a/{dots}', 'a/{dots}/b', 'a/{dots}?b', 'a/.{dots}']) {
        if (path.includes('.{') && dots === '..') continue
        expect(() => new UrlTemplate(host + path).fill(item(value))).toThrow(refused)
        expect(() => new UrlTemplate(`{host}${path}`).fill(item(value))).toThrow(refused)
      }
      for (const path of ['a{dots}', 'a/{dots}a', 'a?/{dots}', 'a?b=/../{dots}']) {
        const filled = { origin: 'http://host', path: `/${path.replace('{dots}', dots)}` }
        expect(new UrlTemplate(host + path).fill(item(value))).toEqual(filled)
        expect(new UrlTemplate(`{host}${path}`).fill(item(value))).toEqual(filled)
      }
    }
    const whole = new UrlTemplate('{}')
    expect(whole.fill(item('http://host/a/../b')).path).toBe('/b')
  })

  it('refuses what is no http URL, by its flag', () => {
    for (const text of ['ftp://a/{}', 'host/{}', 'http://', 'http:///{}', 'x{}']) {
      expect(() => new UrlTemplate(text)).toThrow(
        /^Cannot read --url: expected an http or https URL/,
      )
    }
    expect(() => new UrlTemplate('http://a/{}/../b#{}')).toThrow(/after a # or before a/)
    expect(() => new UrlTemplate('http://a:b@c/{}')).toThrow(/--header 'Authorization/)
  })

  it('fills a host, escaped', () => {
    const url = new UrlTemplate('http://{host}.test/x')
    expect(url.fill(item({ host: 'a' }))).toEqual({ origin: 'http://a.test', path: '/x' })
    expect(() => url.fill(item({ host: 'evil.test/' }))).toThrow(/expected an http or https URL/)
  })

  it('takes no name or password from an item, and does not show it', () => {
    for (const text of ['http://me:secret@host/', 'http://me@host/']) {
      const fill = (): unknown => new UrlTemplate('{}').fill(item(text))
      expect(fill).toThrow('Cannot request it: expected no name or password in its URL')
    }
  })
})

describe('shellScript()', () => {
  it('puts parameters where the places are, minding quotes', () => {
    const script = (text: string): string => shellScript(Template.parse(text))
    expect(script('a {} b')).toBe('a "${1}" b')
    expect(script('a "x {}" {b}')).toBe('a "x ${1}" "${2}"')
    expect(script("a 'x {}' {}")).toBe(`a 'x '"\${1}"'' "\${2}"`)
    expect(script(`\\" {} "\\"{}"`)).toBe(`\\" "\${1}" "\\"\${2}"`)
  })
})

describe('readRetryAfter()', () => {
  it('reads seconds and dates, and nothing else', () => {
    const now = Date.parse('2026-01-01T00:00:00Z')
    expect(readRetryAfter('7', now)).toBe(7000)
    expect(readRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5000)
    expect(readRetryAfter('Thu, 01 Jan 2015 00:00:05 GMT', now)).toBe(0)
    for (const text of [undefined, '', 'soon', '-1 s']) {
      expect(readRetryAfter(text, now)).toBeUndefined()
    }
  })
})

describe('progressText()', () => {
  const progress = { done: 45_000, failed: 12, rate: 8130.4, share: 0.45, left: 66 }

  it('says less in less room, and never more than fits', () => {
    expect(progressText(progress, 100)).toBe(
      ' 45% [============>                 ] 45,000 done, 12 failed, 8,130/s, 1:06 left',
    )
    expect(progressText(progress, 40)).toBe(' 45% 45,000 done, 12 failed, 1:06 left')
    expect(progressText(progress, 30)).toBe(' 45% 45,000 done, 12 failed')
    expect(progressText(progress, 17)).toBe(' 45% 12 failed')
    for (let width = 0; width < 120; width++) {
      expect(progressText(progress, width).length).toBeLessThanOrEqual(width)
    }
  })

  it('shows no share and no end of what has no known size', () => {
    const unknown = { ...progress, failed: 0, share: undefined, left: undefined }
    expect(progressText(unknown, 100)).toBe('45,000 done, 8,130/s')
  })

  it('fills the bar at the end, and not before', () => {
    expect(progressText({ ...progress, share: 0 }, 100)).toContain(`[${' '.repeat(30)}]`)
    expect(progressText({ ...progress, share: 0.999 }, 100)).toContain(
      '99% [============================> ]',
    )
    expect(progressText({ ...progress, share: 1 }, 100)).toContain(`100% [${'='.repeat(30)}]`)
  })

  it('tells times as clocks do', () => {
    expect([0, 0.2, 59.5, 61, 3600, 36_061].map(formatSeconds)).toEqual([
      '0:00',
      '0:01',
      '1:00',
      '1:01',
      '1:00:00',
      '10:01:01',
    ])
  })
})

describe('BodyMemory', () => {
  it('never holds more than the limit and a chunk each, and everybody ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 20 }),
        fc.nat(40),
        (sizes, limit) => {
          const memory = new BodyMemory(limit)
          const readers = sizes.map((size) => {
            const reader = {
              size,
              read: 0,
              isPaused: false,
              pause: () => {
                reader.isPaused = true
              },
              resume: () => {
                reader.isPaused = false
              },
            }
            return reader
          })
          while (readers.some(({ read, size }) => read < size)) {
            const open = readers.filter(({ read, size, isPaused }) => read < size && !isPaused)
            expect(open.length).toBeGreaterThan(0)
            for (const reader of open) {
              if (reader.isPaused) continue
              memory.take(reader, 1, reader.read++ === 0)
              if (reader.read === reader.size) memory.give(reader, reader.size)
            }
            const held = readers.filter(({ read, size }) => read < size)
            const used = held.reduce((sum, { read }) => sum + read, 0)
            expect(used).toBeLessThanOrEqual(limit + sizes.length + 20)
          }
        },
      ),
    )
  })
})
