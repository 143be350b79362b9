/** What becomes of the items of a request that failed as a whole. */
export type Verdict =
  /** Not done for want of room or luck: time may cure it. */
  | 'again'
  /** One item may spoil it for all, and nothing was done. */
  | 'split'
  /** Not done, whoever asks. */
  | 'refused'
  /** It may have been done. */
  | 'unknown'

const throttled =
  /throttl|throughputexceeded|toomanyrequests|requestlimitexceeded|slowdown|bandwidthlimit|prioror?requestnotcomplete|serviceunavailable|limitexceededexception$/i
const forbidden =
  /accessdenied|notauthorized|authfailure|authorizationerror|unrecognizedclient|expiredtoken|invalidsignature|signaturedoesnotmatch|incompletesignature|invalidclienttoken|invalidaccesskey|missingauthentication|credentials|optinrequired|requestexpired/i
const absent =
  /resourcenotfound|queuedoesnotexist|nonexistentqueue|^notfound(exception)?$|invalidaddress/i
const internal = /^internal|serviceunavailable/i

/** Whether an entry with this code may be done at another time, if the service does not say. */
export function isTransient(code: string): boolean {
  return throttled.test(code) || internal.test(code)
}

/** Whether the service says that it was asked too often. */
export function isThrottled(code: string): boolean {
  return throttled.test(code)
}

interface ServiceException {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly $fault?: unknown
  readonly $retryable?: { readonly throttling?: unknown }
  readonly $metadata?: { readonly httpStatusCode?: unknown }
}

/**
 * What an exception of a client means for the items of its request.
 *
 * @param isAlike whether the items ask for the same thing, so that all are forbidden if one is.
 */
export function verdictOn(error: unknown, isAlike: boolean): Verdict {
  const { name, code, $fault, $retryable, $metadata } = Object(error) as ServiceException
  // Version 2 of the SDK, and the query protocol, say it as `code`.
  const said = [name, code].filter((each): each is string => typeof each === 'string')
  const says = (pattern: RegExp): boolean => said.some((each) => pattern.test(each))
  const status = Number($metadata?.httpStatusCode ?? 0)
  if ($retryable?.throttling === true || status === 429 || status === 503 || says(throttled)) {
    return 'again'
  }
  if (says(forbidden) || says(absent)) return isAlike ? 'refused' : 'split'
  if (status >= 500 || status === 408 || $fault === 'server') return 'unknown'
  // Without a status or a fault, there was no answer.
  return status >= 400 || $fault === 'client' ? 'split' : 'unknown'
}

/** What the service calls it, if it was the service. */
export function saidBy(error: unknown): { awsCode?: string; awsMessage?: string } {
  const { name, message, $fault, $metadata } = Object(error) as ServiceException
  const isAnswer = $fault !== undefined || $metadata?.httpStatusCode !== undefined
  if (!isAnswer || typeof name !== 'string') return {}
  return { awsCode: name, ...(typeof message === 'string' ? { awsMessage: message } : {}) }
}
