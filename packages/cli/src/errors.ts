/** The command line cannot be understood. Printed as its message alone; the exit code is 2. */
export class UsageError extends Error {
  static {
    UsageError.prototype.name = 'UsageError'
  }

  readonly code = 'JITNEY_USAGE'
  readonly exitCode = 2
}

/** The command was understood and cannot start. Printed as its message alone; the exit code is 1. */
export class StartError extends Error {
  static {
    StartError.prototype.name = 'StartError'
  }

  readonly code = 'JITNEY_CANNOT_START'
  readonly exitCode = 1
}
