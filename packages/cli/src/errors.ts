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

/** The command could not go on, with its input, its output or its module. Printed as its message alone. */
export class RunError extends Error {
  static {
    RunError.prototype.name = 'RunError'
  }

  readonly code = 'JITNEY_CANNOT_GO_ON'
  readonly exitCode = 3
}

/** Whoever read the output went away. The exit code is that of a command that SIGPIPE ended. */
export class ClosedPipeError extends Error {
  static {
    ClosedPipeError.prototype.name = 'ClosedPipeError'
  }

  readonly code = 'JITNEY_PIPE_CLOSED'
  readonly exitCode = 141
}
