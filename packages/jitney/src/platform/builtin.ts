interface Host {
  getBuiltinModule?: (name: string) => unknown
}

/**
 * A module of the runtime, or `undefined` where there is none. Unlike an import, this leaves the
 * core loadable in browsers and untouched by bundlers.
 */
export function builtin<Module>(name: string): Module | undefined {
  const { process } = globalThis as { process?: Host }
  return process?.getBuiltinModule?.(name) as Module | undefined
}
