import ts from 'typescript'

import { isMember, isPropertyName, nameOf, walk } from './nodes.ts'
import type { PackageSources } from './package-sources.ts'
import { publicNames } from './public-names.ts'
import { isOpen, isWords, partsOf } from './types.ts'

export interface Names {
  /** Names of properties that only the inner folders know, each with how often their code has it. */
  readonly internal: ReadonlyMap<string, number>
  /** Those that may be known elsewhere. */
  readonly kept: ReadonlySet<string>
}

/**
 * Sorts the names of properties that the inner folders have.
 *
 * A name is kept if users see it, if the language has it, if it may be a key, or if anything that has
 * it comes from outside these folders, or goes there as anything that is known there.
 */
export function findNames({
  checker,
  entries,
  files,
  language,
  isInner,
  isOurs,
}: PackageSources): Names {
  const internal = new Map<string, number>()
  const kept = publicNames(checker, entries)
  for (const file of language) {
    walk(file, (node) => {
      if (isMember(node)) kept.add(nameOf(node))
    })
  }

  function isOwn({ declarations = [] }: ts.Symbol): boolean {
    return declarations.some((each) => isInner(each.getSourceFile()))
  }

  function isForeign({ declarations = [] }: ts.Symbol): boolean {
    return declarations.some((each) => !isInner(each.getSourceFile()))
  }

  function keep(type: ts.Type | undefined, which: (property: ts.Symbol) => boolean): void {
    for (const { name } of partsOf(type).flatMap((part) => part.getProperties().filter(which))) {
      kept.add(name)
    }
  }

  /** Our own names in a type, and in what such a value holds in turn. */
  function namesWithin(type: ts.Type, seen: Set<ts.Type> = new Set<ts.Type>()): string[] {
    return partsOf(type).flatMap((part) => {
      if (seen.has(part)) return []
      seen.add(part)
      const own = part.getProperties().filter(isOwn)
      const values = own.map((each) => checker.getTypeOfSymbol(each))
      const elements = checker.getIndexInfosOfType(part).map((each) => each.type)
      const within = [...values, ...elements].flatMap((each) => namesWithin(each, seen))
      return [...own.map(({ name }) => name), ...within]
    })
  }

  /** What a name stands for. */
  function meaningsOf(name: ts.Identifier): ts.Symbol[] {
    const { parent } = name
    if (!ts.isBindingElement(parent)) return [checker.getSymbolAtLocation(name) ?? []].flat()
    const parts = partsOf(checker.getTypeAtLocation(parent.parent))
    return parts.flatMap((part) => part.getProperty(name.text) ?? [])
  }

  function visitInner(node: ts.Node): void {
    if (ts.isStringLiteralLike(node) && !isWord(node)) kept.add(node.text)
    if (isPropertyName(node)) {
      internal.set(
        node.text,
        (internal.get(node.text) ?? 0) + Number(!ts.isTypeElement(node.parent)),
      )
      const meanings = meaningsOf(node)
      if (meanings.length === 0 || meanings.some(isForeign)) kept.add(node.text)
    }
    if (!ts.isExpression(node)) return
    const type = checker.getTypeAtLocation(node)
    const taken = checker.getContextualType(node)
    keep(taken, isForeign)
    const isForAnyone = ts.isObjectLiteralExpression(node) && taken !== undefined && isOpen(taken)
    if (isForAnyone || isGivenAway(node) || isCastOfOther(node)) {
      for (const name of namesWithin(type)) kept.add(name)
    }
    if (ts.isForInStatement(node.parent)) keep(type, isOwn)
    if (ts.isElementAccessExpression(node)) {
      visitKey(node.argumentExpression, checker.getTypeAtLocation(node.expression))
    }
    if (ts.isComputedPropertyName(node.parent)) visitKey(node)
  }

  /** Whether it is handed to a function of others that takes any object. */
  function isGivenAway(node: ts.Expression): boolean {
    const { parent } = node
    if (!ts.isCallExpression(parent) || parent.expression === node) return false
    const { declaration } = checker.getResolvedSignature(parent) ?? {}
    if (declaration === undefined) return true
    if (isOurs(declaration)) return false
    const { parameters } = declaration
    const parameter = parameters[parent.arguments.indexOf(node)] ?? parameters.at(-1)
    // As declared: where it is called, a type parameter is whatever it is called with.
    return parameter !== undefined && isOpen(checker.getTypeAtLocation(parameter))
  }

  /** Whether what is not known, or foreign, is taken for something of our own. */
  function isCastOfOther(node: ts.Expression): boolean {
    if (!ts.isAsExpression(node) || ts.isObjectLiteralExpression(node.expression)) return false
    return namesWithin(checker.getTypeAtLocation(node.expression)).length === 0
  }

  function visitKey(key: ts.Expression, object?: ts.Type): void {
    const type = checker.getTypeAtLocation(key)
    for (const part of partsOf(checker.getBaseConstraintOfType(type) ?? type)) {
      if (part.isStringLiteral()) kept.add(part.value)
      else if (!(part.flags & ts.TypeFlags.NumberLike)) keep(object, isOwn)
    }
  }

  /** Whether a text is one of some words: where such a word is a key, the type of that says so. */
  function isWord(text: ts.StringLiteralLike): boolean {
    return ts.isLiteralTypeNode(text.parent) || isWords(checker.getContextualType(text))
  }

  function visitOuter(node: ts.Node): void {
    if (isPropertyName(node) && meaningsOf(node).some(isOwn)) kept.add(node.text)
    if (ts.isExpression(node)) {
      const taken = checker.getContextualType(node)
      // Of another type it may be made there.
      if (taken !== checker.getTypeAtLocation(node)) keep(taken, isOwn)
    }
    if (ts.isElementAccessExpression(node)) keep(checker.getTypeAtLocation(node.expression), isOwn)
  }

  for (const file of files) walk(file, isInner(file) ? visitInner : visitOuter)
  for (const name of kept) internal.delete(name)
  return { internal, kept }
}
