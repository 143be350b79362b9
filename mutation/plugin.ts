import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin'

import { InProcessRunner } from './in-process-runner.ts'

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'in-process', () => new InProcessRunner()),
]
