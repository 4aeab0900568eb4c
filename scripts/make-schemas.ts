/**
 * Makes the JSON Schemas that editors complete cases and configs by. Run it when a reader of either
 * has changed: `npx tsx scripts/make-schemas.ts`.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { format } from 'prettier'
import { casesSchema } from './schemas/cases.ts'
import type { Schema } from './schemas/common.ts'
import { configSchema } from './schemas/config.ts'

export const schemas: Readonly<Record<string, Schema>> = {
  'cases.schema.json': casesSchema,
  'config.schema.json': configSchema,
}

/** As Prettier formats it. */
export function textOfSchema(schema: Schema): Promise<string> {
  return format(JSON.stringify(schema), { parser: 'json', printWidth: 100 })
}

if (process.argv[1] && pathToFileURL(process.argv[1]).href === import.meta.url) {
  for (const [name, schema] of Object.entries(schemas)) {
    const path = fileURLToPath(new URL(`../schemas/${name}`, import.meta.url))
    writeFileSync(path, await textOfSchema(schema))
  }
}
