import { format, inspect, isDeepStrictEqual } from 'node:util'
import { runInThisContext } from 'node:vm'

/** Asserts a value against what stands after `// =>`: JavaScript, or the value as Node prints it. */
export function $value(expected: string): (actual: unknown) => void {
  return (actual) => {
    const shown = show(actual)
    if (shown === expected || isDeepStrictEqual(actual, evaluate(expected))) return
    throw new Error(`expected ${expected}, got ${shown}`)
  }
}

/** Asserts what `console.log` would print, or its only argument as a value. */
export function $printed(expected: string): (...values: unknown[]) => void {
  return (...values) => {
    if (format(...values) === expected) return
    $value(expected)(values.length === 1 ? values[0] : format(...values))
  }
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  return inspect(value, { breakLength: Infinity, compact: true, depth: Infinity })
}

/** The value of an expression; a symbol, equal to nothing, where the text is none. */
function evaluate(text: string): unknown {
  try {
    return runInThisContext(`(${text})`)
  } catch {
    return Symbol('not an expression')
  }
}
