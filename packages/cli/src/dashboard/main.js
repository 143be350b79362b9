import { Bars } from './bars.js'
import { Chart } from './chart.js'
import { watchService } from './connection.js'
import { healthOf, healthSpan } from './health.js'
import { History } from './history.js'
import { formatBrief, formatCount, formatDuration, formatNumber, formatUptime } from './numbers.js'
import { mean, quantile } from './quantile.js'
import { QueuesTable } from './queues.js'
import { seriesOf } from './series.js'
import { RoutesTable } from './tables.js'
import { rateSpan, Tiles } from './tiles.js'
import { askForToken, keptToken } from './token.js'

/**
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
function find(id, kind) {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`The page has no ${id}`)
}

/** Why a batch left, in words. */
const reasonWords = new Map([
  ['size', 'It was full'],
  ['time', 'Its queue time was over'],
  ['idle', 'Nothing else ran'],
  ['slot', 'A slot came free'],
  ['flush', 'It was flushed'],
  ['close', 'The service stops'],
  ['retry', 'Another attempt'],
])

const history = new History()
const board = find('board', HTMLElement)
const controls = find('controls', HTMLElement)
const health = find('health', HTMLElement)
const healthWord = find('health-word', HTMLElement)
const healthDetail = find('health-detail', HTMLElement)
const routeSelect = find('route', HTMLSelectElement)
const pauseButton = find('pause', HTMLButtonElement)
const spanChoice = find('span', HTMLFieldSetElement)

board.hidden = false
const tiles = new Tiles(find('tiles', HTMLElement))
const routesTable = new RoutesTable(find('routes', HTMLTableElement))
const queuesTable = new QueuesTable(
  find('queues', HTMLElement),
  find('queues-table', HTMLTableElement),
)
const chartsHost = find('charts', HTMLElement)
const charts = {
  rates: new Chart(chartsHost, {
    title: 'Requests and batches',
    about: 'How many came, and in how many batches they left, each second.',
    series: [{ name: 'Requests/s' }, { name: 'Batches/s' }],
    format: formatNumber,
    formatAxis: formatBrief,
  }),
  latency: new Chart(chartsHost, {
    title: 'Latency',
    about: 'From the arrival of an item to its answer.',
    series: [{ name: 'p50' }, { name: 'p95' }, { name: 'p99' }],
    format: formatDuration,
  }),
  times: new Chart(chartsHost, {
    title: 'Where the time is spent',
    about:
      'How long the oldest item of a batch waited, and how long the batch took; 95 of 100 stay below.',
    series: [{ name: 'Waiting, p95' }, { name: 'Running, p95' }],
    format: formatDuration,
  }),
  queue: new Chart(chartsHost, {
    title: 'Queue and slots',
    about: 'Items that wait, batches that run, and how many of these may.',
    series: [{ name: 'Waiting' }, { name: 'Slots in use' }, { name: 'Slots', dashed: true }],
    format: formatCount,
    formatAxis: formatBrief,
  }),
}
const barsHost = find('bars', HTMLElement)
const sizes = new Bars(barsHost, {
  id: 'sizes',
  title: 'How large they are',
  about: 'Batches by how many items they had.',
  nameOf: 'Items',
  unit: 'Batches',
})
const reasons = new Bars(barsHost, {
  id: 'reasons',
  title: 'Why they leave',
  about: 'Batches by what they were waiting for.',
  nameOf: 'Reason',
  unit: 'Batches',
})
const answers = new Bars(barsHost, {
  id: 'answers',
  title: 'What callers get',
  about: 'Items by the status of their answer.',
  nameOf: 'Status',
  unit: 'Items',
})
board.hidden = true

let isPaused = false
let isLost = false

pauseButton.addEventListener('click', () => {
  isPaused = !isPaused
  pauseButton.setAttribute('aria-pressed', String(isPaused))
  if (!isPaused) show()
})
routeSelect.addEventListener('change', () => show())
spanChoice.addEventListener('change', () => show())
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const chart of Object.values(charts)) chart.redraw()
})

void watchService({
  token: keptToken(),
  isTokenNeeded: document.documentElement.hasAttribute('data-token'),
  askToken: (refused) => {
    board.hidden = true
    controls.hidden = true
    showHealth({ level: 'idle', word: 'Token needed', detail: '' })
    return askForToken(refused)
  },
  onSnapshot: (snapshot) => {
    isLost = false
    history.push(snapshot, performance.now())
    board.hidden = false
    controls.hidden = false
    if (isPaused) showHealthNow()
    else show()
  },
  onLost: (reason) => {
    isLost = true
    showHealth({
      level: 'bad',
      word: 'Disconnected',
      detail: `${reason} Trying again; the numbers are the last that came.`,
    })
  },
})

function show() {
  const sample = history.last
  if (sample === undefined) return
  const { snapshot } = sample
  fillRoutes(Object.keys(snapshot.routes))
  const route = routeSelect.value
  const now = history.counted(route)
  const seconds = secondsOf(rateSpan)
  tiles.show({ now, lately: history.counted(route, rateSpan), seconds })
  const series = seriesOf(history.samples, route)
  charts.rates.show(series.rates)
  charts.latency.show(series.latency)
  charts.times.show(series.times)
  charts.queue.show(series.queue)
  showBars(route)
  routesTable.show(snapshot)
  queuesTable.show(snapshot)
  find('about', HTMLElement).textContent =
    `${snapshot.version}, up ${formatUptime(snapshot.uptime)}`
  showHealthNow()
}

function showHealthNow() {
  const state = history.last?.snapshot.state
  if (!isLost) showHealth(healthOf(state, history.counted('', healthSpan)))
}

/** @param {number} duration */
function secondsOf(duration) {
  const last = history.last?.time ?? 0
  const first = history.samples.find(({ time }) => time >= last - duration)
  return (last - (first?.time ?? last)) / 1000
}

/** @param {string} route */
function showBars(route) {
  const chosen = spanChoice.querySelector('input:checked')?.getAttribute('value')
  const counts = history.counted(route, chosen === 'all' ? undefined : Number(chosen) * 1000)
  const { batchSize } = counts
  const half = quantile(batchSize, 0.5)
  sizes.show(
    sizeBars(batchSize.buckets),
    `${formatCount(batchSize.count)} batches, ${formatNumber(mean(batchSize))} items on average, half of them up to ${formatCount(half === null ? null : Math.ceil(half))}.`,
  )
  const left = Object.entries(counts.reasons)
    .map(([reason, value]) => ({ name: reasonWords.get(reason) ?? reason, value }))
    .sort((one, other) => other.value - one.value)
  reasons.show(
    left,
    left[0] === undefined ? 'No batch has left yet.' : `Mostly: ${left[0].name.toLowerCase()}.`,
  )
  const statuses = Object.entries(counts.answers).map(([name, value]) => ({
    name,
    value,
    level: name >= '500' ? 'bad' : name >= '400' ? 'warn' : 'good',
  }))
  const good = statuses
    .filter(({ level }) => level === 'good')
    .reduce((sum, { value }) => sum + value, 0)
  const all = statuses.reduce((sum, { value }) => sum + value, 0)
  answers.show(
    statuses,
    all === 0
      ? 'Nothing was answered yet.'
      : `${formatCount(good)} of ${formatCount(all)} got their result.`,
  )
}

/**
 * From the first bucket that has something to the last.
 *
 * @param {import('./quantile.js').Histogram['buckets']} buckets
 */
function sizeBars(buckets) {
  let lower = 0
  let below = 0
  const bars = buckets.map(([bound, upTo]) => {
    const name =
      bound === null ? `over ${lower}` : bound - lower <= 1 ? `${bound}` : `${lower + 1}–${bound}`
    const value = upTo - below
    below = upTo
    lower = bound ?? lower
    return { name, value }
  })
  const first = bars.findIndex(({ value }) => value > 0)
  const last = bars.findLastIndex(({ value }) => value > 0)
  return first === -1 ? [] : bars.slice(first, last + 1)
}

/** @param {readonly string[]} names */
function fillRoutes(names) {
  const wanted = ['', ...names]
  const known = [...routeSelect.options].map(({ value }) => value)
  if (known.length === wanted.length && wanted.every((name, index) => known[index] === name)) return
  const chosen = routeSelect.value
  routeSelect.replaceChildren(
    ...wanted.map((name) => new Option(name === '' ? 'All routes' : `/${name}`, name)),
  )
  routeSelect.value = wanted.includes(chosen) ? chosen : ''
}

/** @param {import('./health.js').Health} now */
function showHealth({ level, word, detail }) {
  health.dataset['level'] = level
  // Said aloud only when it is another word.
  if (healthWord.textContent !== word) healthWord.textContent = word
  healthDetail.textContent = detail
  document.title = `${word} – jitney`
}
