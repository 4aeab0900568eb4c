import { availableParallelism } from 'node:os'

// Files run side by side: many of them wait for processes that they started. Mocha's own count of
// jobs is one less than there are cores, and on two cores that is none.
export default {
  import: ['tsx/esm'],
  spec: ['test/**/*.test.ts'],
  ignore: ['test/soak/**', 'test/interop/**'],
  parallel: true,
  jobs: Math.max(2, availableParallelism()),
  timeout: 60_000,
  reporter: 'dot',
}
