import { dirname, join, resolve } from 'node:path'

import ts from 'typescript'

/** What the compiler knows of a package that was built. */
export interface PackageSources {
  readonly checker: ts.TypeChecker
  /** The sources. */
  readonly files: readonly ts.SourceFile[]
  /** The declarations that users import. */
  readonly entries: readonly ts.SourceFile[]
  /** The declarations of the language itself. */
  readonly language: readonly ts.SourceFile[]
  /** Whether a declaration stands in the sources. */
  isOurs(declaration: ts.Node): boolean
  /** Whether a file is one of the sources whose names may be internal. */
  isInner(file: ts.SourceFile): boolean
}

type Exports = Readonly<Record<string, string | { readonly types?: string }>>

/** @param inner folders below `src/` that know nothing of the world outside but what they are handed. */
export function readPackage(folder: string, inner: readonly string[]): PackageSources {
  const { fileNames, options } = readConfiguration(folder)
  const types = publishedTypes(folder)
  const program = ts.createProgram([...fileNames, ...types], options)
  const folders = inner.map((name) => resolve(folder, 'src', name) + '/')
  const files = fileNames.map((name) => fileOf(program, name))
  const own = new Set(files)
  return {
    checker: program.getTypeChecker(),
    files,
    entries: types.map((name) => fileOf(program, name)),
    language: program.getSourceFiles().filter((file) => program.isSourceFileDefaultLibrary(file)),
    isOurs: (declaration) => own.has(declaration.getSourceFile()),
    isInner: ({ fileName }) => folders.some((each) => fileName.startsWith(each)),
  }
}

/** The files that the compiler takes, and its settings. */
export function readConfiguration(folder: string): ts.ParsedCommandLine {
  const path = resolve(folder, 'tsconfig.json')
  const { config } = ts.readConfigFile(path, ts.sys.readFile)
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path), undefined, path)
  const [problem] = parsed.errors
  if (problem !== undefined) {
    const words = ts.flattenDiagnosticMessageText(problem.messageText, '\n')
    throw new Error(`Cannot read ${path}: ${words}`)
  }
  return parsed
}

function publishedTypes(folder: string): string[] {
  const { exports } = JSON.parse(ts.sys.readFile(join(folder, 'package.json')) ?? '{}') as {
    exports: Exports
  }
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'object' && entry.types !== undefined ? [join(folder, entry.types)] : [],
  )
}

function fileOf(program: ts.Program, name: string): ts.SourceFile {
  const file = program.getSourceFile(name)
  if (file === undefined) throw new Error(`Cannot read the names of ${name}: it is not there`)
  return file
}
