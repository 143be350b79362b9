import ts from 'typescript'

import { type Comment, commentOf } from './comment.ts'
import { behind } from './modules.ts'
import { inline, SignatureWriter, typeParametersOf } from './signature.ts'

/** Some code of a declaration, and what its comment says. */
export interface Part {
  readonly code: string
  readonly comment: Comment
}

/** A property or method. What `name` is empty of needs no comment of its own, such as a constructor. */
export interface Member extends Part {
  readonly name: string
}

/** All that the reference says of one exported name. */
export interface Entry {
  readonly name: string
  readonly isType: boolean
  /** One, or one for each way to call a function. */
  readonly parts: readonly Part[]
  readonly members: readonly Member[]
  /** Exported types that the declaration speaks of. */
  readonly references: ReadonlySet<ts.Symbol>
  /** Types that it speaks of and that cannot be imported. */
  readonly unexported: readonly string[]
}

type Shape = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeLiteralNode

/** Reads the entries of symbols; `exported` are those that have an entry somewhere. */
export class EntryReader {
  readonly #checker: ts.TypeChecker
  readonly #exported: ReadonlySet<ts.Symbol>
  readonly #writer: SignatureWriter

  constructor(checker: ts.TypeChecker, exported: ReadonlySet<ts.Symbol>) {
    this.#checker = checker
    this.#writer = new SignatureWriter(checker)
    this.#exported = exported
  }

  read(name: string, symbol: ts.Symbol): Entry {
    const declarations = symbol.declarations ?? []
    const functions = declarations.filter(ts.isFunctionDeclaration)
    const shapes = declarations.flatMap((declaration) => this.#shapesOf(declaration))
    const members = shapes.flatMap((shape) => this.#membersOf(shape))
    const nodes = [
      ...declarations.filter(
        (node) => this.#shapesOf(node).length === 0 && !ts.isModuleDeclaration(node),
      ),
      ...shapes.flatMap((shape) => ('heritageClauses' in shape ? shape.heritageClauses : []) ?? []),
      ...members.flatMap(({ nodes: of }) => of),
    ]
    return {
      name,
      isType: (symbol.flags & ts.SymbolFlags.Value) === 0,
      parts: functions.length > 0 ? this.#callsOf(functions) : [this.#partOf(name, symbol)],
      members,
      ...this.#referencesOf(nodes, symbol),
    }
  }

  /** Each way to call a function; those without a comment of their own go with the one before. */
  #callsOf(functions: readonly ts.FunctionDeclaration[]): Part[] {
    const shown = functions.filter(({ body }) => functions.length === 1 || body === undefined)
    const parts: { code: string; comment: Comment }[] = []
    for (const node of shown) {
      const code = this.#writer.call(node, `function ${node.name!.text}`)
      const comment = commentOf(this.#checker, this.#checker.getSignatureFromDeclaration(node)!)
      const last = parts.at(-1)
      if (last !== undefined && comment.text === '') last.code += `\n${code}`
      else parts.push({ code, comment })
    }
    return parts
  }

  #partOf(name: string, symbol: ts.Symbol): Part {
    const declaration = symbol.declarations?.find((node) => !ts.isModuleDeclaration(node))
    return {
      code: declaration === undefined ? name : this.#codeOf(declaration),
      comment: commentOf(this.#checker, symbol),
    }
  }

  /** Where the members of a declaration are written, if it has any that are listed. */
  #shapesOf(declaration: ts.Declaration): Shape[] {
    if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
      return [declaration]
    }
    if (!ts.isTypeAliasDeclaration(declaration) && !ts.isVariableDeclaration(declaration)) return []
    const { type } = declaration
    if (type === undefined) return []
    if (ts.isTypeLiteralNode(type)) return [type]
    // A class that is exported under a constant, which infers the types of its constructor.
    if (!ts.isTypeReferenceNode(type)) return []
    const symbol = this.#symbolAt(type.typeName)
    if (symbol === undefined || this.#exported.has(symbol)) return []
    return (symbol.declarations ?? []).filter(ts.isClassDeclaration)
  }

  #membersOf(shape: Shape): (Member & { readonly nodes: readonly ts.Node[] })[] {
    const isClass = ts.isClassDeclaration(shape)
    const elements: readonly (ts.ClassElement | ts.TypeElement)[] = shape.members
    type Unnamed = ts.SignatureDeclaration | ts.IndexSignatureDeclaration
    const unnamed = elements.flatMap((node): { node: Unnamed; code: string }[] => {
      if (ts.isConstructorDeclaration(node) || ts.isConstructSignatureDeclaration(node)) {
        const before = isClass ? `new ${shape.name!.text}` : 'new '
        return [{ node, code: this.#writer.call(node, before, true) }]
      }
      if (ts.isCallSignatureDeclaration(node)) {
        return [{ node, code: this.#writer.call(node, '', true) }]
      }
      return ts.isIndexSignatureDeclaration(node) ? [{ node, code: inline(node) }] : []
    })
    const type = this.#checker.getTypeAtLocation(shape)
    const named = this.#checker
      .getPropertiesOfType(type)
      .filter((symbol) => this.#isListed(symbol, shape))
    return [
      ...unnamed.map(({ node, code }) => {
        const signature = ts.isIndexSignatureDeclaration(node)
          ? undefined
          : this.#checker.getSignatureFromDeclaration(node)
        const comment =
          signature === undefined ? { text: '', tags: [] } : commentOf(this.#checker, signature)
        return { name: '', code, comment, nodes: [node] }
      }),
      ...named.map((symbol) => {
        const nodes = symbol.declarations ?? []
        const comment = commentOf(this.#checker, symbol)
        const code = nodes
          .flatMap((node) => this.#memberCode(node, nodes, isClass) ?? [])
          .filter((text, index, all) => all.indexOf(text) === index)
        return { name: symbol.name, code: code.join('; '), comment, nodes }
      }),
    ]
  }

  /** Members of the declaration itself, and those that it has of what has no entry. */
  #isListed(symbol: ts.Symbol, shape: Shape): boolean {
    const [node] = symbol.declarations ?? []
    if (node === undefined || isOfLibrary(node)) return false
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
    if (ts.getCombinedModifierFlags(node) & hidden) return false
    const name = ts.getNameOfDeclaration(node)
    if (name === undefined || ts.isPrivateIdentifier(name)) return false
    if (ts.isComputedPropertyName(name) && !name.getText().startsWith('[Symbol.')) return false
    if (node.parent === shape) return true
    const owner = ts.isTypeLiteralNode(node.parent)
      ? undefined
      : this.#checker.getSymbolAtLocation((node.parent as ts.InterfaceDeclaration).name)
    return owner === undefined || !this.#exported.has(owner)
  }

  #referencesOf(
    nodes: readonly ts.Node[],
    self: ts.Symbol,
  ): Pick<Entry, 'references' | 'unexported'> {
    const references = new Set<ts.Symbol>()
    const helpers = new Map<ts.Symbol, string>()
    const visitSymbol = (symbol: ts.Symbol): void => {
      if (symbol === self || references.has(symbol) || helpers.has(symbol)) return
      if (this.#exported.has(symbol)) {
        references.add(symbol)
        return
      }
      const declaration = symbol.declarations?.find(
        (node) => ts.isTypeAliasDeclaration(node) || ts.isVariableDeclaration(node),
      )
      if (declaration === undefined || isOfLibrary(declaration)) return
      const isAlias = ts.isTypeAliasDeclaration(declaration)
      helpers.set(symbol, isAlias ? this.#codeOf(declaration) : `const ${declaration.getText()}`)
      visit(declaration)
    }
    const visit = (node: ts.Node): void => {
      if (ts.isBlock(node)) return
      const symbol = ts.isIdentifier(node) ? this.#symbolAt(node) : undefined
      if (symbol !== undefined) visitSymbol(symbol)
      if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) {
        if (node.type !== undefined) visit(node.type)
      } else ts.forEachChild(node, visit)
    }
    for (const node of nodes) visit(node)
    return { references, unexported: [...helpers.values()] }
  }

  #symbolAt(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.#checker.getSymbolAtLocation(node)
    return symbol && behind(this.#checker, symbol)
  }

  /** A declaration without what stands in its braces. */
  #codeOf(node: ts.Declaration): string {
    if (ts.isVariableDeclaration(node)) {
      const isOpen = node.type === undefined || ts.isTypeLiteralNode(node.type)
      return `const ${isOpen ? node.name.getText() : this.#writer.property(node, false)}`
    }
    if (ts.isTypeAliasDeclaration(node)) {
      const head = `type ${node.name.text}${typeParametersOf(node)}`
      return ts.isTypeLiteralNode(node.type) ? head : `${head} =${broken(node.type.getText())}`
    }
    const { name, heritageClauses = [] } = node as ts.ClassDeclaration | ts.InterfaceDeclaration
    const kind = ts.isClassDeclaration(node) ? 'class' : 'interface'
    const generics = typeParametersOf(node as ts.ClassDeclaration)
    return [`${kind} ${name!.text}${generics}`, ...heritageClauses.map(inline)].join(' ')
  }

  #memberCode(
    node: ts.Declaration,
    all: readonly ts.Declaration[],
    isClass: boolean,
  ): string | undefined {
    if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node)) {
      const isImplementation = ts.isMethodDeclaration(node) && all.length > 1 && node.body
      const mark = node.questionToken === undefined ? '' : '?'
      return isImplementation
        ? undefined
        : this.#writer.call(node, `${node.name.getText()}${mark}`, true)
    }
    if (ts.isGetAccessor(node) || ts.isSetAccessor(node)) {
      return this.#writer.property(node, !all.some(ts.isSetAccessor))
    }
    if (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) {
      const isReadonly = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Readonly) !== 0
      return this.#writer.property(node, isClass && isReadonly)
    }
    return undefined
  }
}

function isOfLibrary(node: ts.Node): boolean {
  return node.getSourceFile().fileName.includes('/node_modules/')
}

/** A union stands below the name, as it was written. */
function broken(type: string): string {
  return type.startsWith('|') ? `\n  ${type}` : ` ${type}`
}
