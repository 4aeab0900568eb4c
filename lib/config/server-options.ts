/** What a server is started with, as a config says it: all of it but what `serve` alone takes. */
import type { Config } from './config.ts'

export function serverOptionsOf({ options: _, ...server }: Config): Omit<Config, 'options'> {
  return server
}
