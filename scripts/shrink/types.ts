import ts from 'typescript'

/** The members of a union, or the one type that it is. */
export function partsOf(type: ts.Type | undefined): readonly ts.Type[] {
  if (type === undefined) return []
  return type.isUnion() ? type.types : [type]
}

/** Whether any object fits it, so that nothing is known of which properties are read. */
export function isOpen(type: ts.Type): boolean {
  const { Any, Unknown, NonPrimitive, Object } = ts.TypeFlags
  return partsOf(type).some((part) => {
    const isEmpty = part.getProperties().length + part.getCallSignatures().length === 0
    if ((part.flags & (Any | Unknown | NonPrimitive)) !== 0) return true
    return (part.flags & Object) !== 0 && (isEmpty || part.getStringIndexType() !== undefined)
  })
}

/** Whether it allows only some words. */
export function isWords(type: ts.Type | undefined): boolean {
  const parts = partsOf(type).filter(({ flags }) => flags & ts.TypeFlags.StringLike)
  return parts.length > 0 && parts.every((part) => part.isStringLiteral())
}
