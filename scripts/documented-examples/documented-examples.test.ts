import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { assertValues } from './assert-values.ts'
import { $printed, $value } from './check-value.ts'
import { findCommands } from './find-commands.ts'
import { findExamples } from './find-examples.ts'
import { runCommands } from './run-commands.ts'

describe('findExamples()', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'documented-examples-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function examplesOf(name: string, text: string) {
    const file = join(folder, name)
    writeFileSync(file, text)
    return findExamples(file).map(({ line, code, runs }) => ({ line, code, runs }))
  }

  it('finds the ts blocks of a page with the lines that they start on', () => {
    const page =
      '# Page\n```ts\none()\n```\n```sh\nnpm\n```\n- item\n  ```ts no-run\n  two()\n  ```\n'
    expect(examplesOf('page.md', page)).toEqual([
      { line: 3, code: 'one()', runs: true },
      { line: 10, code: 'two()', runs: false },
    ])
  })

  it('finds those of doc comments, and none in code', () => {
    const source =
      '/**\n * @example\n * ```ts\n * one()\n *   two()\n * ```\n */\nconst three = `\n```ts\n`\n'
    expect(examplesOf('source.ts', source)).toEqual([
      { line: 4, code: 'one()\n  two()', runs: true },
    ])
  })

  it('refuses an unknown mark and a block that does not end', () => {
    expect(() => examplesOf('mark.md', '```ts norun\n```\n')).toThrow(/mark\.md:1: "norun"/)
    expect(() => examplesOf('open.md', '\n```ts\n')).toThrow(/open\.md:2: .* not closed/)
  })
})

describe('assertValues()', () => {
  function asserted(code: string): string {
    return assertValues({ file: 'page.md', line: 10, code, runs: true })
  }

  it('asserts an expression, a constant and what is printed, on the line where they stand', () => {
    expect(asserted('await f(1) // => 2')).toBe('$value("2")(await f(1)) // => 2')
    expect(asserted('const a = f(1) // => 2')).toBe('const a = f(1); $value("2")(a) // => 2')
    expect(asserted('console.log(a, 1) // => 2')).toBe('$printed("2")(a, 1) // => 2')
    expect(asserted('if (a) {\n  f(1) // => 2\n}')).toBe('if (a) {\n  $value("2")(f(1)) // => 2\n}')
  })

  it('leaves other code and comments alone', () => {
    const code = 'const a = 1 // one\n// two\na // 3 => 4'
    expect(asserted(code)).toBe(code)
  })

  it('refuses a value that follows nothing it could assert', () => {
    expect(() => asserted('f()\n// => 2')).toThrow(/page\.md:11/)
    expect(() => asserted('const { a } = f() // => 2')).toThrow(/page\.md:10/)
  })
})

describe('$value() and $printed()', () => {
  it('accept JavaScript and what Node prints', () => {
    expect(() => {
      $value('[1, { two: 2 }]')([1, { two: 2 }])
      $value("Map(1) { 'a' => 1 }")(new Map([['a', 1]]))
      $value('RangeError: too much')(new RangeError('too much'))
      $printed('one 2')('one', 2)
      $printed("'one'")('one')
    }).not.toThrow()
  })

  it('refuse another value', () => {
    expect(() => $value('[1]')([2])).toThrow('expected [1], got [ 2 ]')
    expect(() => $value('no such thing')(undefined)).toThrow('got undefined')
    expect(() => $value('missing')(undefined)).toThrow('got undefined')
    expect(() => $printed('one 3')('one', 2)).toThrow("expected one 3, got 'one 2'")
  })
})

describe('findCommands() and runCommands()', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'documented-commands-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function session(text: string) {
    const page = join(folder, 'page.md')
    writeFileSync(page, text)
    return findCommands(page)
  }

  it('find files, commands and what they print', () => {
    const page =
      '```ts\n// one.ts\none()\n```\n```sh\n# a remark\none \\\n  two # => 2\nthree\n# => 3\n# => 4\n```\n```sh no-run\nfour\n```\n'
    const { files, commands } = session(page)
    expect([...files]).toEqual([['one.ts', '// one.ts\none()\n']])
    expect(commands).toEqual([
      { line: 8, text: 'one    two', prints: '2' },
      { line: 9, text: 'three', prints: '3\n4' },
    ])
  })

  it('refuse an unknown mark, and a print without a command', () => {
    expect(() => session('```sh norun\n```\n')).toThrow(/page\.md:1: "norun"/)
    expect(() => session('```sh\n# => 1\n```\n')).toThrow(/no command/)
  })

  it('type commands in a folder with the files of the page', async () => {
    const text = '```js\n// two.js\n2\n```\n```sh\ntail -n 1 two.js # => 2\n```\n'
    expect(await runCommands(session(text), folder)).toBeUndefined()
  })

  it('tell of another output, of a failure, and where', async () => {
    const printed = await runCommands(session('```sh\necho 1 # => 2\n```\n'), folder)
    expect(printed).toMatch(/page\.md:2\nexpected 2\ngot 1/)
    const failed = await runCommands(session('```sh\nexit 3\n```\n'), folder)
    expect(failed).toMatch(/page\.md:2\nexit code 3/)
  })
})
