import ts from 'typescript'

import { isMember, nameOf, walk } from './nodes.ts'

/** Names of all properties that can be reached from the exports, by the declarations that users get. */
export function publicNames(
  checker: ts.TypeChecker,
  entries: readonly ts.SourceFile[],
): Set<string> {
  const names = new Set<string>()
  const seen = new Set<ts.Node>()
  function visit(symbol: ts.Symbol | undefined): void {
    if (symbol === undefined) return
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    for (const declaration of target.declarations ?? []) {
      if (seen.has(declaration) || isOfLibrary(declaration)) continue
      seen.add(declaration)
      walk(declaration, (node) => {
        if (isMember(node)) names.add(nameOf(node))
        if (ts.isIdentifier(node)) visit(checker.getSymbolAtLocation(node))
      })
    }
  }
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(entry)
    if (module !== undefined) for (const symbol of checker.getExportsOfModule(module)) visit(symbol)
  }
  return names
}

function isOfLibrary(declaration: ts.Node): boolean {
  return declaration.getSourceFile().fileName.includes('/node_modules/')
}
