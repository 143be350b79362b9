/** Stands for the outcome of what was not done because the command is stopping. */
export const unfinished: unique symbol = Symbol('unfinished')
