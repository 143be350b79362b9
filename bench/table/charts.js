import { barChart } from './bar-chart.js'
import { formatNumber, nameOf } from './format.js'

/**
 * A chart for each ratio that has peers: its file and what is in it.
 *
 * @param {import('./types.js').Results} results
 */
export function chartsOf({ rows }) {
  return rows.flatMap((row) => {
    const { name, what, figure, unit, ours, peers = [], budget } = row
    const isFirst = rows.find((one) => one.name === name) === row
    const bars = [...(ours === undefined ? [] : [ours]), ...peers].flatMap((entry) => {
      const value = entry.figures?.median
      if (value === undefined) return []
      const words = formatNumber(value, unit)
      return [{ label: nameOf(entry.name), value, words, isOurs: entry === ours }]
    })
    if (unit !== '' || bars.length < 3 || !isFirst) return []
    const bound = budget?.startsWith('<=') ? Number(budget.slice(3)) : undefined
    const title = plain(what)
    return [
      {
        file: `${name}.svg`,
        title: `${title}: ${figure}`,
        section: row.section,
        svg: barChart({ title, figure, bars, bound }),
      },
    ]
  })
}

function plain(text) {
  return text.replaceAll('`', '')
}
