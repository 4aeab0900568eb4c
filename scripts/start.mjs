/**
 * `npm start`: makes the clone ready and serves, in one process, so that a signal to npm reaches the
 * server.
 */
import { fileURLToPath } from 'node:url'
import './prepare.mjs'

const main = new URL('../dist/cli/main.js', import.meta.url)
process.argv.splice(1, 1, fileURLToPath(main), 'serve')
await import(main.href)
