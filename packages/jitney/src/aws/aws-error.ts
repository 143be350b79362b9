import { messageOf } from '../platform/message-of.ts'

/** What became of the item. */
export type AwsErrorCode =
  | 'JITNEY_AWS_REFUSED'
  | 'JITNEY_AWS_NOT_DONE'
  | 'JITNEY_AWS_UNKNOWN'
  | 'JITNEY_AWS_OVERTAKEN'

/** What the service said of it. */
export interface AwsErrorDetails {
  /** The service's own code, such as `ProvisionedThroughputExceededException`. */
  readonly awsCode?: string | undefined
  /** The service's own words. */
  readonly awsMessage?: string | undefined
  /** How often the item was sent. */
  readonly attempts: number
  /** What the client threw, if the whole request failed. */
  readonly cause?: unknown
}

const words: { readonly [Code in AwsErrorCode]: string } = {
  JITNEY_AWS_REFUSED: 'the service refused it',
  JITNEY_AWS_NOT_DONE: 'not done',
  JITNEY_AWS_UNKNOWN: 'there is no answer, it may have been done',
  JITNEY_AWS_OVERTAKEN: 'not done, and a later item of its group was',
}

/**
 * One item was not done: the service refused it (`JITNEY_AWS_REFUSED`), left it undone each time
 * (`JITNEY_AWS_NOT_DONE`), or left it undone and did a later one of its group, so that another attempt
 * would break their order (`JITNEY_AWS_OVERTAKEN`). Or nobody knows (`JITNEY_AWS_UNKNOWN`).
 */
export class AwsError extends Error {
  static {
    this.prototype.name = 'AwsError'
  }

  /** What became of the item: refused, not done, unknown, or overtaken by a later one. */
  declare readonly code: AwsErrorCode
  /** The service's own code, such as `ProvisionedThroughputExceededException`. */
  declare readonly awsCode: string | undefined
  /** How often the item was sent. */
  declare readonly attempts: number

  constructor(code: AwsErrorCode, action: string, details: AwsErrorDetails) {
    const { awsCode, awsMessage, attempts, cause } = details
    const said = [awsCode, awsMessage].filter((each) => each !== undefined && each !== '')
    const text = said.length > 0 ? said.join(': ') : cause === undefined ? '' : messageOf(cause)
    const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`
    super(
      `Cannot ${action}: ${words[code]} after ${count}${text === '' ? '' : ` (${text})`}`,
      cause === undefined ? undefined : { cause },
    )
    this.code = code
    this.awsCode = awsCode
    this.attempts = attempts
  }
}
