/** `MUTATE=all` has the slow ones too: minutes more, for lines that only they tell. */
export const all = process.env['MUTATE'] === 'all'

/** Folders of what is built on the core, which has tests of its own. */
const folders = /^(?:aws|brokers|compat|http|models|remote|sql(?!\/bytes)|worker)\//

/** Files that start processes, look at the built package, or are about types. */
const files = /^(?:built-surface|package|process-life|conformance|types.*)\.test/

/** Files that measure memory, hand over masses of items or play random histories. */
const slowFiles = /^model\/|memory|masses|chaos|-model\.test/

/** Masses of items, long stretches of time, random histories, programs in processes of their own. */
const titles =
  /,000|million|memory|whatever happens|whichever|never says much|exact after|any number|saturation|standstill|many callers share|keeps ended tasks|fake timers|a program without|keeps nothing of/

/** Whether a test file has no part in telling mutants: it is too slow, or not about the core. */
export function isLeftOut(file: string): boolean {
  const isOther = folders.test(file) || files.test(file)
  return isOther || (!all && slowFiles.test(file))
}

/** The same of a single test, by its names. */
export function isSlow(names: string): boolean {
  return !all && titles.test(names)
}
