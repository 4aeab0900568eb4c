/**
 * `npm start`: makes the clone ready and serves, in this process. npm passes a signal to its shell
 * alone, and the shell ends without passing it on: so the server stops when its parent has ended.
 */
import { fileURLToPath } from 'node:url'

const parent = process.ppid
const main = new URL('../dist/cli/main.js', import.meta.url)

await import('./prepare.mjs')
if (process.ppid !== parent) process.exit(0)
process.argv.splice(1, 1, fileURLToPath(main), 'serve')
await import(main.href)

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
}, 200).unref()
