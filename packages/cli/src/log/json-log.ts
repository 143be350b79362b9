import { type DestinationStream, pino, stdTimeFunctions } from 'pino'
import type { ServiceLog } from './service-log.ts'

/** A log for programs: one JSON object a line, whatever stands in it. */
export function jsonLog(output: DestinationStream): ServiceLog {
  const logger = pino(
    {
      base: { name: 'jitney', pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    output,
  )
  return {
    note: (text) => logger.info(text),
    warn: (text) => logger.warn(text),
    failure: (_text, { message, ...parts }) => logger.error(parts, message),
    access: ({ duration, ...entry }) =>
      logger.info({ ...entry, duration: Math.round(duration * 1000) / 1000 }, 'request'),
  }
}
