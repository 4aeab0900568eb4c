/**
 * Mocha's dot reporter, which at the end also writes three numbers to the file that
 * MOCHA_TOTALS_FILE names: passed, failed, skipped. .ci/run adds those of all suites up.
 */
import { writeFileSync } from 'node:fs'
import Mocha from 'mocha'

export default class TotalsReporter extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const file = process.env.MOCHA_TOTALS_FILE
      if (!file) return
      const { passes, failures, pending } = this.stats
      writeFileSync(file, `${passes} ${failures} ${pending}\n`)
    })
  }
}
