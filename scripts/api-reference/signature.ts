import ts from 'typescript'

const widest = 92
const printer = ts.createPrinter({ removeComments: true })

/** A declaration or a type on one line, without comments. */
export function inline(node: ts.Node): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll('; }', ' }')
    .replaceAll(/([([<]) /g, '$1')
}

export function typeParametersOf(node: {
  readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined
}): string {
  const { typeParameters = [] } = node
  return typeParameters.length === 0 ? '' : `<${typeParameters.map(inline).join(', ')}>`
}

/** Writes how things are called and of which types they are, also where a type is inferred. */
export class SignatureWriter {
  readonly #checker: ts.TypeChecker

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  /** What stands in brackets, and what comes back; over several lines if it is long. */
  call(node: ts.SignatureDeclaration, before: string, isInline = false): string {
    const generics = typeParametersOf(node)
    const parameters = node.parameters.map((parameter) => this.#parameter(parameter))
    const after = node.type === undefined ? '' : `: ${inline(node.type)}`
    const line = `${before}${generics}(${parameters.join(', ')})${after}`
    if (isInline || line.length <= widest) return line
    const head =
      before.length + generics.length < widest
        ? generics
        : `<\n${node.typeParameters!.map((each) => `  ${inline(each)},\n`).join('')}>`
    return `${before}${head}(\n${parameters.map((text) => `  ${text},\n`).join('')})${after}`
  }

  property(
    node:
      | ts.PropertyDeclaration
      | ts.PropertySignature
      | ts.AccessorDeclaration
      | ts.VariableDeclaration,
    isReadonly: boolean,
  ): string {
    const isOptional = 'questionToken' in node && node.questionToken !== undefined
    const type = isOptional && node.type ? withoutUndefined(node.type) : this.#type(node)
    return `${isReadonly ? 'readonly ' : ''}${node.name.getText()}${isOptional ? '?' : ''}: ${type}`
  }

  /** One with a default is optional, and one that is taken apart is called `options`. */
  #parameter(node: ts.ParameterDeclaration): string {
    const rest = node.dotDotDotToken === undefined ? '' : '...'
    const name = ts.isIdentifier(node.name) ? node.name.text : 'options'
    const isOptional = node.questionToken !== undefined || node.initializer !== undefined
    return `${rest}${name}${isOptional ? '?' : ''}: ${this.#type(node)}`
  }

  #type(node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.ClassElement | ts.TypeElement) {
    if ('type' in node && node.type !== undefined) return inline(node.type)
    const type = this.#checker.getTypeAtLocation(node)
    return this.#checker.typeToString(type).replaceAll('"', "'")
  }
}

/** The type of what may be left out, without the word that says that it may be `undefined` too. */
function withoutUndefined(type: ts.TypeNode): string {
  if (!ts.isUnionTypeNode(type)) return inline(type)
  const rest = type.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
  const [only] = rest
  if (rest.length === 1 && ts.isParenthesizedTypeNode(only!)) return inline(only.type)
  return rest.map(inline).join(' | ')
}
