import { MemoryStore } from '../../lib/store/memory.ts'
import { testStore } from './suite.ts'

describe('MemoryStore', () => {
  testStore(() => new MemoryStore())
})
