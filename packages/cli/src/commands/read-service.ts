import { resolve } from 'node:path'
import { isConfigFile } from '../config/is-config-file.ts'
import { createRoutes, readConfig } from '../config/read-config.ts'
import { StartError } from '../errors.ts'
import { nameOfCommand, readWords } from '../kinds/command-words.ts'
import { processRoute } from '../kinds/process-route.ts'
import type { Route } from '../kinds/route.ts'
import { threadRoute } from '../kinds/threads/thread-route.ts'
import { loadModule } from '../module/load-module.ts'
import { readRoutes } from '../module/read-routes.ts'
import { reservedNames } from '../module/reserved-names.ts'
import type { ServeArguments, ServiceFlags } from './serve-arguments.ts'

interface Read {
  readonly routes: readonly Route[]
  readonly settings: ServiceFlags
}

/** What is to be served, and how: from what was named, and the command line over it. */
export async function readService(given: ServeArguments): Promise<Read> {
  const { routes, settings } = await readNamed(given)
  const options = given.overrides
  const { listen: _listen, ...others } = settings
  const { host, port } = given.service
  return {
    routes: routes.map((route) => ({ ...route, options: { ...route.options, ...options } })),
    settings: { ...((host ?? port) === undefined ? settings : others), ...given.service },
  }
}

async function readNamed({ file, exec, processes, threads }: ServeArguments): Promise<Read> {
  if (exec !== undefined) return { routes: [commandRoute(exec, processes)], settings: {} }
  if (file === undefined) return { routes: [], settings: {} }
  if (isConfigFile(file)) return readConfigured(file)
  return { routes: await moduleRoutes(file, threads), settings: {} }
}

function commandRoute(exec: string, processes: number | undefined): Route {
  const words = readWords(exec)
  const name = nameOfCommand(words)
  if (reservedNames.includes(name)) {
    throw new StartError(
      `Cannot serve ${exec}: it would hide the service's own /${name}; name it in a configuration`,
    )
  }
  return processRoute(name, words, { process: { size: processes }, options: {} })
}

async function moduleRoutes(file: string, threads: number | undefined): Promise<readonly Route[]> {
  const exports = await loadModule(file, threads !== undefined)
  const routes = readRoutes(file, exports)
  if (threads === undefined) return routes
  return routes.map((route) => {
    const exportName = Object.hasOwn(exports, route.name) ? route.name : 'default'
    return threadRoute(route, resolve(file), exportName, { threads })
  })
}

async function readConfigured(file: string): Promise<Read> {
  const config = await readConfig(file)
  const { $schema: _schema, routes: _routes, ...settings } = config
  return { routes: await createRoutes(file, config), settings: settings as ServiceFlags }
}
