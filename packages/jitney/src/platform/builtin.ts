interface Host {
  getBuiltinModule?: (name: string) => unknown
}

/**
 * A module of the runtime, or `undefined` where there is none. Unlike an import, this leaves the
 * core loadable in browsers and untouched by bundlers.
 */
export function builtin<Module>(name: string): Module | undefined {
  const host = (globalThis as { process?: Host }).process
  try {
    return host?.getBuiltinModule?.(name) as Module | undefined
  } catch {
    return undefined
  }
}
