/**
 * Follows the links between the documents: a file or a heading that is not there is an error, and so
 * is what a merge left behind.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, normalize } from 'node:path'

import GithubSlugger from 'github-slugger'

const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n')

const targets = pages.flatMap((page) => {
  // What stands in code is no link.
  const text = read(page).replaceAll(/^```[^]*?^```|`[^`\n]*`/gm, '')
  return [...text.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, target]) => ({
    page,
    target: decodeURI(target!),
  }))
})
const leftBehind = pages
  .filter((page) => /^(?:<{7}|>{7}) /m.test(read(page)))
  .map((page) => `${page}: a merge was not finished`)
const broken = targets.flatMap(({ page, target }) => {
  const [path, anchor] = target.split('#') as [string, string?]
  const file = path === '' ? page : normalize(`${dirname(page)}/${path}`)
  if (!existsSync(file)) return [`${page}: there is no ${target}`]
  if (anchor === undefined || statSync(file).isDirectory() || !file.endsWith('.md')) return []
  return headingsOf(file).has(anchor) ? [] : [`${page}: ${file} has no heading #${anchor}`]
})
const problems = [...leftBehind, ...broken]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`${targets.length} links in ${pages.length} documents lead somewhere`)

/** The anchors that GitHub gives to the headings of a document. */
function headingsOf(file: string): ReadonlySet<string> {
  const slugger = new GithubSlugger()
  const text = read(file).replaceAll(/^```[^]*?^```/gm, '')
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => plain(heading!))
  return new Set(headings.map((heading) => slugger.slug(heading)))
}

function plain(heading: string): string {
  return heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}
