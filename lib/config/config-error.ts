/**
 * A config, flag or environment variable that cannot be used: `path` says which one
 * (`keys[2].policy`, `--port`, `ENCLAVE_KMS_PORT`, or a file's name), the message is one line that
 * begins with it.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly path: string

  constructor(path: string, text: string) {
    super(`${path}: ${text}`.replace(/\s*[\r\n]+\s*/g, ' '))
    this.path = path
  }
}
