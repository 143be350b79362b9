import { createRoutes, isConfigFile, readConfig } from '../config/read-config.ts'
import type { Route } from '../kinds/route.ts'
import { loadModule } from '../module/load-module.ts'
import { readRoutes } from '../module/read-routes.ts'
import type { ServeArguments, ServiceFlags } from './serve-arguments.ts'

/** What is to be served, and how: from a module or a configuration, and the command line over both. */
export async function readService({ file, service, overrides }: ServeArguments): Promise<{
  readonly routes: readonly Route[]
  readonly settings: ServiceFlags
}> {
  const { routes, settings } = isConfigFile(file)
    ? await readConfigured(file)
    : { routes: readRoutes(file, await loadModule(file)), settings: {} }
  return {
    routes: routes.map((route) => ({ ...route, options: { ...route.options, ...overrides } })),
    settings: { ...settings, ...service },
  }
}

async function readConfigured(file: string): Promise<{
  readonly routes: readonly Route[]
  readonly settings: ServiceFlags
}> {
  const config = await readConfig(file)
  const { $schema: _schema, routes: _routes, ...settings } = config
  return { routes: await createRoutes(file, config), settings: settings as ServiceFlags }
}
