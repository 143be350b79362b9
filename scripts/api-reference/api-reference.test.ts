import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { readModules } from './modules.ts'
import { anchorsOf } from './page.ts'
import { type Reference, referenceOf } from './reference.ts'

const part = `
/** Options of \`ride\`. */
export interface RideOptions extends Base {
  /**
   * Most riders.
   * @default 100
   */
  readonly size?: number | undefined
  readonly bare: (way: { from: string; to: string }) => void
  /** Which way. */
  readonly way?: Way
}
interface Base {
  /** What it is called. */
  name: string
}
type Way = 'there' | 'back'
/**
 * Takes a ride: first come, first served.
 *
 * @param way which way.
 * @throws TypeError for wrong options
 *
 * @example
 * \`\`\`ts
 * ride('there')
 * \`\`\`
 */
export function ride(way: Way, { size }: RideOptions = { name: '', bare() {} }): void {
  void [way, size]
}
export function walk(): void {}
class Engine<Item> {
  readonly code = 'BUS'
  #hidden = 1
  /** How many. */
  get count(): number {
    return this.#hidden
  }
  private secret = 2
  /** Takes one. */
  take(item: Item): void {
    void [item, this.secret]
  }
}
/** Carries riders. */
export const Bus: new <Item>() => Engine<Item> = Engine
export type Bus<Item> = Engine<Item>
/** The same in small. */
export interface bus {}
`

let folder: string
let reference: Reference

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'api-reference-'))
  const files = {
    'part.ts': part,
    'first.ts': `/** All of it. */\nexport * from './part.ts'\n`,
    'second.ts': `export { ride as default, ride } from './part.ts'\n`,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const barrels = ['first', 'second'].map((name) => ({
    name,
    page: `${name}.md`,
    file: join(folder, `${name}.ts`),
  }))
  reference = referenceOf(readModules(barrels))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('referenceOf()', () => {
  function section(name: string): string {
    const page = reference.pages.get('first.md') ?? ''
    return page.split('\n## ').find((text) => text.startsWith(`${name}\n`)) ?? ''
  }

  it('says of a function how it is called, what its comment says, and what its types are', () => {
    expect(section('ride')).toBe(`ride

\`\`\`ts
function ride(way: Way, options?: RideOptions): void
\`\`\`

Takes a ride: first come, first served.

- \`way\`: which way.

Throws: TypeError for wrong options.

\`\`\`ts
ride('there')
\`\`\`

Where

\`\`\`ts
type Way = 'there' | 'back'
\`\`\`

See [\`RideOptions\`](#rideoptions).
`)
  })

  it('lists members with their defaults, also those of what cannot be imported', () => {
    expect(section('RideOptions')).toBe(`RideOptions

\`\`\`ts
interface RideOptions extends Base
\`\`\`

Options of \`ride\`.

- **\`size?: number\`**
  Most riders.

  Default: 100.
- **\`bare: (way: { from: string; to: string }) => void\`**
- **\`way?: Way\`**
  Which way.
- **\`name: string\`**
  What it is called.

Where

\`\`\`ts
type Way = 'there' | 'back'
\`\`\`
`)
  })

  it('shows the class behind a constant, and nothing private', () => {
    const bus = section('Bus')
    expect(bus).toContain("- **`readonly code: 'BUS'`**\n")
    expect(bus).toContain('- **`readonly count: number`**\n  How many.\n')
    expect(bus).toContain('- **`take(item: Item): void`**\n  Takes one.\n')
    expect(bus).not.toMatch(/hidden|secret/)
  })

  it('gives what two modules export one entry, and a link', () => {
    expect(reference.pages.get('second.md')).toContain('- [`ride`](first.md#ride): the same\n')
    expect(reference.pages.get('second.md')).not.toContain('## ')
    expect(reference.pages.get('README.md')).toContain('| [`first`](first.md) | All of it. |\n')
  })

  it('names all that has no comment, and options without a default', () => {
    expect(reference.missing.toSorted()).toEqual([
      'first: Bus.code has no comment',
      'first: RideOptions.bare has no comment',
      'first: RideOptions.way has no @default',
      'first: walk has no comment',
      'second: no comment at the top',
    ])
  })
})

describe('anchorsOf()', () => {
  it('numbers headings that differ in case alone', () => {
    expect(anchorsOf([{ name: 'Bus' }, { name: 'bus' }, { name: 'ride' }])).toEqual([
      'bus',
      'bus-1',
      'ride',
    ])
  })
})
