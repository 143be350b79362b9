import ts from 'typescript'

import type { Example } from './find-examples.ts'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Turns each `// => value` after a statement into an assertion on the same line:
 *
 * - `expression // => value` asserts the expression;
 * - `const name = expression // => value` asserts the constant;
 * - `console.log(expression) // => value` asserts what would be printed.
 */
export function assertValues({ file, line, code }: Example): string {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.ES2023, true)
  const edits: Edit[] = []
  const values = new Map(
    [...code.matchAll(/\/\/ => (.+)$/gm)].map((match) => [match.index, match[1] as string]),
  )

  function visit(node: ts.Node): void {
    for (const { pos } of ts.getTrailingCommentRanges(code, node.end) ?? []) {
      const value = values.get(pos)
      const found = value === undefined ? undefined : assertion(node, source, value.trim())
      if (found === undefined) continue
      edits.push(...found)
      values.delete(pos)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)

  for (const [position] of values) {
    const { line: offset } = source.getLineAndCharacterOfPosition(position)
    throw new Error(
      `Cannot assert ${file}:${line + offset}: "// =>" follows an expression, a console.log or a const`,
    )
  }
  return applied(code, edits)
}

/** The edits that assert the value of a statement, or `undefined` if it has none. */
function assertion(node: ts.Node, source: ts.SourceFile, value: string): Edit[] | undefined {
  const expected = JSON.stringify(value)
  if (ts.isExpressionStatement(node)) {
    const { expression } = node
    const start = expression.getStart(source)
    if (
      ts.isCallExpression(expression) &&
      expression.expression.getText(source) === 'console.log'
    ) {
      return [{ start, end: expression.expression.end, text: `$printed(${expected})` }]
    }
    return [
      { start, end: start, text: `$value(${expected})(` },
      { start: expression.end, end: expression.end, text: ')' },
    ]
  }
  if (ts.isVariableStatement(node)) {
    const [declaration] = node.declarationList.declarations
    if (declaration === undefined || !ts.isIdentifier(declaration.name)) return undefined
    const { end } = node
    return [{ start: end, end, text: `; $value(${expected})(${declaration.name.text})` }]
  }
  return undefined
}

function applied(code: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((one, other) => other.start - one.start)
    .reduce(
      (text, { start, end, text: added }) => text.slice(0, start) + added + text.slice(end),
      code,
    )
}
