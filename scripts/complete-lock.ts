/**
 * Adds to package-lock.json the optional bindings for other platforms that npm left out when it
 * wrote the lock (https://github.com/npm/cli/issues/4828), without which `npm ci` refuses it. Run
 * it after changing a dependency.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  readonly dev?: boolean
  readonly engines?: object
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const file = process.argv[2] ?? 'package-lock.json'
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> }
const places = Object.keys(lock.packages)
let added = 0

for (const locked of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
    if (places.some((place) => place.endsWith(`node_modules/${name}`))) continue
    lock.packages[`node_modules/${name}`] = bindingOf(name, version, locked)
    added += 1
  }
}
const sorted = Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1))
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
)
console.log(`${added} bindings added`)

/** Reads the platform from a name such as `@oxlint/binding-linux-x64-musl`. */
function bindingOf(name: string, version: string, { dev, engines }: LockedPackage): object {
  const [os, cpu, abi] = (name.split('/').at(-1) ?? '').replace(/^binding-/, '').split('-')
  const libc = abi?.startsWith('musl') === true ? 'musl' : 'glibc'
  return {
    version,
    cpu: [cpu],
    ...(dev === true && { dev }),
    ...(os === 'linux' && abi !== undefined && { libc: [libc] }),
    license: 'MIT',
    optional: true,
    os: [os],
    ...(engines !== undefined && { engines }),
  }
}
