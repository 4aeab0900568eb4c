/** An enclave image: told by its magic number; what is in it is a part that is not built yet. */
import { Exit } from '../exit.ts'
import type { Describer } from './settings.ts'

export const eif: Describer = {
  recognizes: (bytes) => bytes.subarray(0, 4).equals(Buffer.from('.eif')),
  describe() {
    throw new Exit(2, 'eif is not built yet')
  },
}
