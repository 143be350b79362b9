import { inPython } from '../harness/python.js'

export const create = inPython('trio')
