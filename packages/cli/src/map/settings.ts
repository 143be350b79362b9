import type { CommandTemplate } from './command-job.ts'
import type { Rate } from './gate.ts'
import type { Format } from './item.ts'
import type { UrlTemplate } from './url-template.ts'

/** What is done with the items. */
export type Work =
  | {
      readonly kind: 'url'
      readonly url: UrlTemplate
      readonly method: string
      readonly headers: Readonly<Record<string, string | string[]>>
    }
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'command'; readonly command: CommandTemplate }

/** What `jitney map` was told. */
export interface MapSettings {
  readonly work: Work
  readonly format: Format
  readonly batchSize: number | undefined
  /** Left to the module's own options, if it has such and nothing was given. */
  readonly concurrency: number | undefined
  readonly isOrdered: boolean
  readonly rate: Rate | undefined
  readonly timeout: number
  readonly retries: number
  readonly maxRetryDelay: number
  readonly output: string | undefined
  readonly errors: string | undefined
  readonly mode: 'new' | 'overwrite' | 'resume'
  readonly maxLineSize: number
  readonly maxResultSize: number
}
