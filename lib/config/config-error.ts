/**
 * A config, flag or environment variable that cannot be used: `path` says which one
 * (`keys[2].policy`, `--port`, `ENCLAVE_KMS_PORT`, or a file's name), the message is one line that
 * begins with it.
 */

/** Where the mistake itself stands, when it is inside a policy. */
export interface PlaceInPolicy {
  /** The policy's own whole path; undefined for one that stands in the file that is read. */
  readonly file: string | undefined
  /** In that file. */
  readonly path: string
  /** 1-based, where the path does not say it. */
  readonly line: number | undefined
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly path: string
  readonly inPolicy: PlaceInPolicy | undefined

  constructor(path: string, text: string, inPolicy?: PlaceInPolicy) {
    super(`${path}: ${text}`.replace(/\s*[\r\n]+\s*/g, ' '))
    this.path = path
    this.inPolicy = inPolicy
  }
}
