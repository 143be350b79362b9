import { readFileSync } from 'node:fs'

/** What the process needs beside its connections or commands. */
const others = 40

/** How many files this process may open, if the system says. Node raises it as far as it may. */
function openFilesLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    const limit = Number(/^Max open files +(\d+)/m.exec(limits)?.[1])
    return Number.isNaN(limit) ? undefined : limit
  } catch {
    return limitOfReport()
  }
}

/** Where there is no /proc. */
function limitOfReport(): number | undefined {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: unknown } }
  }
  const limit = userLimits?.open_files?.soft
  return typeof limit === 'number' ? limit : undefined
}

/** What to tell somebody whose concurrency needs more open files than there may be. */
export function openFilesWarning(concurrency: number, filesEach: number): string | undefined {
  const needed = concurrency * filesEach + others
  // What every system allows is not asked for.
  if (needed <= 64) return undefined
  const limit = openFilesLimit()
  if (limit === undefined || limit >= needed) return undefined
  return (
    `Warning: --concurrency ${concurrency} needs about ${needed} open files, and the limit is ` +
    `${limit} (ulimit -n): raise it, or expect failures; ${Math.max(1, Math.floor((limit - others) / filesEach))} would fit`
  )
}
