import ts from 'typescript'

import { walk } from './nodes.ts'
import type { PackageSources } from './package-sources.ts'
import { partsOf } from './types.ts'

/**
 * For each name those that one object may have beside it: all that a type has, whatever of a union it
 * may be, together with what an expression of that type is taken for.
 */
export function namesBeside(
  { checker, files, isInner }: PackageSources,
  names: Iterable<string>,
): Map<string, Set<string>> {
  const beside = new Map([...names].map((name) => [name, new Set<string>()]))
  const seen = new Set<string>()
  const objects = new Set<ts.Type>()
  const casts: (readonly [from: ts.Type, to: ts.Type])[] = []

  function together(...types: readonly (ts.Type | undefined)[]): void {
    const parts = types.flatMap(partsOf)
    for (const part of parts) if (part.flags & ts.TypeFlags.Object) objects.add(part)
    const all = parts.flatMap((part) => checker.getPropertiesOfType(part))
    const own = [...new Set(all.map(({ name }) => name))].filter((name) => beside.has(name))
    const group = own.join()
    if (seen.has(group)) return
    seen.add(group)
    for (const name of own) for (const other of own) beside.get(name)?.add(other)
  }

  function visit(node: ts.Node): void {
    if (ts.isAsExpression(node)) {
      const to = checker.getTypeAtLocation(node)
      for (const from of partsOf(checker.getTypeAtLocation(node.expression))) {
        together(from, to)
        // A new object is what it is.
        const isNew = ts.isObjectLiteralExpression(node.expression)
        if (!isNew && !checker.isTypeAssignableTo(from, to)) casts.push([from, to])
      }
    }
    if (ts.isExpression(node)) {
      together(checker.getTypeAtLocation(node), checker.getContextualType(node))
    }
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
      together(checker.getTypeAtLocation(node))
    }
  }

  for (const file of files.filter(isInner)) walk(file, visit)
  for (const [from, to] of casts) {
    for (const object of objects)
      if (checker.isTypeAssignableTo(object, from)) together(object, from, to)
  }
  return beside
}
