/**
 * Sums what the steps of .ci/run left: node .ci/sum-results.js FOLDER NAME...
 *
 * A step with a report of Vitest (the NAMEs) counts its tests, another counts as one. A step that
 * failed without a failed test in its report, or that ran none, is one failure more. What failed is
 * named again before the sum, with the first lines of why.
 * Plain JavaScript: it also runs when nothing could be installed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = '.results', ...reporting] = process.argv.slice(2)
const codes = readdirSync(folder).filter((file) => file.endsWith('.code'))
const names = new Set([...codes.map((file) => file.replace('.code', '')), ...reporting])

const failures = []
const sum = { passed: 0, failed: 0, skipped: 0 }
for (const name of names) {
  const { passed, failed, skipped } = resultOf(name)
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
  sum.passed += passed
  sum.failed += failed
  sum.skipped += skipped
}
for (const failure of failures) console.log(`\n${failure}`)
if (sum.failed > 0) process.exitCode = 1
const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''
console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`)

function resultOf(name) {
  const succeeded = read(`${name}.code`)?.trim() === '0'
  if (!succeeded) failures.push(`FAILED: ${name}`)
  if (!reporting.includes(name)) {
    return { passed: Number(succeeded), failed: Number(!succeeded), skipped: 0 }
  }
  const report = JSON.parse(read(`${name}.json`) ?? '{}')
  noteFailures(report.testResults ?? [])
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = report
  const { numPendingTests: pending = 0, numTodoTests: todo = 0 } = report
  const fine = succeeded && passed > 0
  return { passed, failed: fine ? failed : Math.max(failed, 1), skipped: pending + todo }
}

/** Of files that could not run at all, too. */
function noteFailures(files) {
  for (const { name, status, message, assertionResults: tests = [] } of files) {
    const failed = tests.filter((test) => test.status === 'failed')
    for (const { fullName, failureMessages = [] } of failed)
      failures.push(`FAILED: ${name}: ${fullName}\n${beginning(failureMessages.join('\n'))}`)
    if (status === 'failed' && failed.length === 0)
      failures.push(`FAILED: ${name}\n${beginning(message ?? '')}`)
  }
}

function beginning(text) {
  return text.split('\n').slice(0, 12).join('\n')
}

function read(file) {
  const path = join(folder, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
