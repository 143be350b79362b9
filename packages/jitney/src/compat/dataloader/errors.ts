/** The beginning of all that is said of a batch function. */
const contract =
  'DataLoader must be constructed with a function which accepts ' +
  'Array<key> and returns Promise<Array<value>>, but '

/**
 * The error for a wrong argument, in DataLoader's words.
 *
 * Joined by `+`, not by a template, as DataLoader is: an object is asked for its `valueOf` first.
 */
export function wrongArgument(text: string, value: unknown, end = ''): TypeError {
  return coded(text + (value as string) + end, 'JITNEY_WRONG_TYPE')
}

/** The error for what is no batch function, in DataLoader's words. */
export function noBatchFunction(value: unknown): TypeError {
  return wrongArgument(`${contract}got: `, value, '.')
}

export function threw(error: unknown): TypeError {
  return wrongResult(`errored synchronously: ${String(error)}.`)
}

export function noPromise(answer: unknown): TypeError {
  return wrongResult(`did not return a Promise: ${String(answer)}.`)
}

export function noArray(values: unknown): TypeError {
  return wrongResult(`did not return a Promise of an Array: ${String(values)}.`)
}

export function wrongLength(keys: unknown, values: unknown): TypeError {
  return wrongResult(
    'did not return a Promise of an Array of the same length as the Array of keys.' +
      `\n\nKeys:\n${String(keys)}\n\nValues:\n${String(values)}`,
  )
}

/** The error for what a batch function did, in DataLoader's words. */
function wrongResult(text: string): TypeError {
  return coded(`${contract}the function ${text}`, 'JITNEY_WRONG_RESULT')
}

/** Not enumerable: an error that is printed or compared looks like DataLoader's. */
function coded(message: string, code: string): TypeError {
  return Object.defineProperty(new TypeError(message), 'code', { value: code })
}
