#!/usr/bin/env node
import { main } from './main.ts'

// Whoever read our output may be gone; that is no reason to stop serving.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const code = await main(process.argv.slice(2))
// Not `exitCode`: a module may hold timers or connections that would keep the process alive.
process.stdout.write('', () => process.exit(code))
