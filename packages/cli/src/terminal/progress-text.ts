/** Where a run is. */
export interface Progress {
  readonly done: number
  readonly failed: number
  /** Per second, lately. */
  readonly rate: number
  /** From 0 to 1, if it is known how much there is. */
  readonly share: number | undefined
  /** Seconds, if that can be told. */
  readonly left: number | undefined
}

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const smallNumbers = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })
const widestBar = 30
const narrowestBar = 8

/** Progress in so many characters: what matters least goes first. ASCII, so that each takes one. */
export function progressText(progress: Progress, width: number): string {
  const { done, failed, rate, share, left } = progress
  const percent = share === undefined ? '' : `${Math.floor(share * 100)}%`.padStart(4)
  const counts = `${numbers.format(done)} done`
  const failures = failed === 0 ? '' : `${numbers.format(failed)} failed`
  const speed = `${formatRate(rate)}/s`
  const eta = left === undefined ? '' : `${formatSeconds(left)} left`
  const choices = [
    [counts, failures, speed, eta],
    [counts, failures, eta],
    [counts, failures],
    [failures === '' ? counts : failures],
  ].map((parts) => parts.filter((part) => part !== '').join(', '))
  for (const text of choices) {
    const room = width - percent.length - text.length - ' [] '.length
    if (share !== undefined && room >= narrowestBar) {
      return `${percent} [${bar(share, Math.min(room, widestBar))}] ${text}`
    }
    const line = percent === '' ? text : `${percent} ${text}`
    if (line.length <= width) return line
  }
  return choices.at(-1)!.slice(0, Math.max(0, width))
}

/** `0:07`, `12:34` or `1:02:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] === 0 ? parts.slice(1) : parts
  return shown
    .map((part, position) => (position === 0 ? `${part}` : `${part}`.padStart(2, '0')))
    .join(':')
}

export function formatRate(rate: number): string {
  return rate >= 10 || rate === 0 ? numbers.format(rate) : smallNumbers.format(rate)
}

function bar(share: number, width: number): string {
  const full = Math.min(width, Math.floor(share * width))
  const head = full > 0 && full < width ? '>' : ''
  return `${'='.repeat(full - head.length)}${head}`.padEnd(width)
}
