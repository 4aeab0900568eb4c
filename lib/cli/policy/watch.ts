/**
 * Runs something again whenever a file that it read has changed, or a file that it would find has
 * come or gone. Folders are watched, because editors replace files; what an event says is not
 * believed, but looked up.
 */
import { existsSync, watch, type FSWatcher } from 'node:fs'
import { dirname } from 'node:path'

/** What a run depends on. */
export interface Watched {
  /** Folders in which a file could come. */
  readonly folders: readonly string[]
  /** Whole paths of the files that it read, there or not. */
  readonly files: readonly string[]
  /** What is not as the run found it: paths; empty while nothing has changed. */
  readonly changed: () => readonly string[]
}

export interface WatchOptions {
  readonly signal: AbortSignal
  /** Told what has changed, before the next run. */
  readonly announce: (paths: readonly string[]) => void
  /** How long it stays quiet after the last event: an editor makes several. */
  readonly quietMs?: number
}

/** Ends when the signal says so, after what is under way. */
export async function runAndWatch(
  run: () => Promise<Watched>,
  { signal, announce, quietMs = 100 }: WatchOptions,
): Promise<void> {
  while (!signal.aborted) {
    const watched = await run()
    const paths = await nextChange(watched, signal, quietMs)
    if (paths.length > 0) announce(paths)
  }
}

/** Empty when the signal ended the wait. */
function nextChange(
  { folders, files, changed }: Watched,
  signal: AbortSignal,
  quietMs: number,
): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = []
    let timer: NodeJS.Timeout | undefined
    const end = (paths: readonly string[]) => {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
      signal.removeEventListener('abort', abort)
      resolve(paths)
    }
    const look = () => {
      const paths = changed()
      if (paths.length > 0) end(paths)
    }
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(look, quietMs)
    }
    const abort = () => {
      end([])
    }
    signal.addEventListener('abort', abort)
    if (signal.aborted) {
      abort()
      return
    }
    for (const folder of new Set([...folders, ...files.map((path) => dirname(path))])) {
      if (!existsSync(folder)) continue
      // A folder that goes away is a change like any other.
      watchers.push(watch(folder, wait).on('error', wait))
    }
    // Something may have changed between the run's reading and now.
    wait()
  })
}
