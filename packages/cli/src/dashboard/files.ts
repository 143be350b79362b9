import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'

/** One file of the dashboard, as it is sent. */
export interface DashboardFile {
  readonly path: string
  readonly type: string
  readonly content: string
}

/** Where all of it but the page is. */
export const assetFolder = '/dashboard/'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Ours, beside this file. */
const names = [
  'bars.js',
  'chart.js',
  'connection.js',
  'events.js',
  'health.js',
  'history.js',
  'icon.svg',
  'main.js',
  'numbers.js',
  'quantile.js',
  'queues.js',
  'route-table.js',
  'series.js',
  'style.css',
  'tables.js',
  'tiles.js',
  'token.js',
]

const require = createRequire(import.meta.url)
/** The chart library's. */
const libraries = {
  'uplot.js': require.resolve('uplot/dist/uPlot.iife.min.js'),
  'uplot.css': require.resolve('uplot/dist/uPlot.min.css'),
}

let files: readonly DashboardFile[] | undefined

/** All files of the dashboard; they are read once. */
export function dashboardFiles(): readonly DashboardFile[] {
  return (files ??= [
    fileOf('/', new URL('page.html', import.meta.url)),
    ...names.map((name) => fileOf(assetFolder + name, new URL(name, import.meta.url))),
    ...Object.entries(libraries).map(([name, file]) => fileOf(assetFolder + name, file)),
  ])
}

function fileOf(path: string, file: URL | string): DashboardFile {
  const type = types[extname(path) || '.html']!
  return { path, type, content: readFileSync(file, 'utf8') }
}
