/** What KMS says to whoever runs it: one line per entry, nothing secret in any of them. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** An error for the log: where it happened, for whoever mends it. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
