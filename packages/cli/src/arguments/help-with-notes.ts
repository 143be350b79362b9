import type { cli } from 'cleye'

type Help = Exclude<NonNullable<Parameters<typeof cli>[0]['help']>, false>

/** What a command says under `--help`, its notes last. */
export function helpWithNotes(
  help: Pick<Help, 'description' | 'usage' | 'examples'>,
  notes: readonly { readonly title: string; readonly body: string }[],
): Help {
  const sections = notes.map((data) => ({ type: 'section' as const, data }))
  return { ...help, render: (nodes, renderers) => renderers.render([...nodes, ...sections]) }
}
