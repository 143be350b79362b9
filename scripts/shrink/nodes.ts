import ts from 'typescript'

/** Calls back for a node and all below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** A part of a class, an interface or an object literal. */
type Member = ts.ClassElement | ts.TypeElement | ts.ObjectLiteralElementLike

export function isMember(node: ts.Node): node is Member {
  return ts.isClassElement(node) || ts.isTypeElement(node) || ts.isObjectLiteralElementLike(node)
}

/** Under which name a member is declared. */
export function nameOf({ name }: Member): string {
  return name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? name.text : ''
}

/** Whether it is the name of a property: where that is declared, made, read or written. */
export function isPropertyName(node: ts.Node): node is ts.Identifier {
  if (!ts.isIdentifier(node)) return false
  const { parent } = node
  if (ts.isBindingElement(parent)) {
    return ts.isObjectBindingPattern(parent.parent) && (parent.propertyName ?? parent.name) === node
  }
  return (ts.isPropertyAccessExpression(parent) || isMember(parent)) && parent.name === node
}
