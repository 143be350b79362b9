/**
 * Stands for vitest in the bundle: `describe` and `it` only take down what there is to run, so that
 * it can be run as often as there are mutants. What tests expect with is vitest's.
 */
export { expect, expectTypeOf, vi } from 'vitest'

import { isSlow } from './left-out.ts'

type Run = (...values: readonly unknown[]) => unknown
type Hook = () => unknown

export interface Test {
  readonly id: string
  readonly file: string
  /** Runs it with its hooks; rejects with what went wrong. */
  readonly run: () => Promise<void>
  /** For one that does not come to its end. */
  readonly clean: () => Promise<void>
}

interface Suite {
  readonly names: readonly string[]
  readonly before: Hook[]
  readonly after: Hook[]
  readonly outer: Suite | undefined
}

export const tests: Test[] = []

let file = ''
let suite: Suite = open(undefined)
const finished: Hook[] = []

export function nextFile(name: string): void {
  file = name
  suite = open(undefined)
}

export function describe(name: string, ...rest: readonly unknown[]): void {
  const body = bodyOf(rest)
  const outer = suite
  suite = open(outer, name)
  body()
  suite = outer
}
describe.each = eachOf(describe)

export function it(name: string, ...rest: readonly unknown[]): void {
  const names = [...suite.names, name].join(' > ')
  if (isSlow(names)) return
  const same = tests.filter((test) => test.file === file && test.id.startsWith(names)).length
  const suites = [...upFrom(suite)]
  const body = bodyOf(rest)
  const clean = async (): Promise<void> => {
    for (const hook of suites.flatMap(({ after }) => after.toReversed())) await hook()
    for (const hook of finished.splice(0).toReversed()) await hook()
  }
  const run = async (): Promise<void> => {
    try {
      for (const hook of suites.toReversed().flatMap(({ before }) => before)) await hook()
      await body()
    } finally {
      await clean()
    }
  }
  tests.push({ id: `${file} > ${names}${same === 0 ? '' : ` (${same})`}`, file, run, clean })
}
it.each = eachOf(it)

export const beforeEach = (hook: Hook): void => void suite.before.push(hook)
export const afterEach = (hook: Hook): void => void suite.after.push(hook)
export const onTestFinished = (hook: Hook): void => void finished.push(hook)

type Named = (name: string, ...rest: readonly unknown[]) => void
type Each = (table: readonly unknown[]) => Named

function eachOf(one: Named): Each {
  return (table) =>
    (name, ...rest) => {
      const body = bodyOf(rest)
      for (const [index, row] of table.entries()) {
        const values: readonly unknown[] = Array.isArray(row) ? row : [row]
        one(`${name} [${index}]`, () => body(...values))
      }
    }
}

function bodyOf(rest: readonly unknown[]): Run {
  const body = rest.find((value) => typeof value === 'function')
  if (body === undefined) throw new TypeError('Cannot take a test: it has no function')
  return body as Run
}

function open(outer: Suite | undefined, name?: string): Suite {
  const names = outer?.names ?? []
  return { names: name === undefined ? names : [...names, name], before: [], after: [], outer }
}

function* upFrom(from: Suite): Generator<Suite> {
  for (let at: Suite | undefined = from; at !== undefined; at = at.outer) yield at
}
