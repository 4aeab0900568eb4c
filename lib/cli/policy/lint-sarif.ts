/**
 * The findings of `policy lint` as SARIF, which code scanning services read: every rule with its help,
 * every finding with its line.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { isAbsolute, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unusedAcceptance } from '../../cases/accepted.ts'
import { version } from '../../http/version.ts'
import { rules } from '../../iam/lint/index.ts'
import type { FileFinding, LintRun } from './lint-files.ts'

const listed = [...rules, unusedAcceptance]

/** 3.13: a log with one run. SARIF's levels are the severities of the rules. */
export function sarif({ findings, wrong }: LintRun): object {
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'enclave-kms policy lint', version, rules: listed.map(rule) } },
        // 3.20: whether every file was read.
        invocations: [
          {
            executionSuccessful: wrong.length === 0,
            toolExecutionNotifications: wrong.map((text) => ({
              level: 'error',
              message: { text },
            })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: findings.map(result),
      },
    ],
  }
}

/** 3.49 */
function rule({ id, severity, about, fix }: (typeof listed)[number]): object {
  return {
    id,
    shortDescription: { text: firstSentence(about) },
    fullDescription: { text: about },
    help: { text: `${about}\n\nInstead: ${fix}` },
    defaultConfiguration: { level: severity },
  }
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text
}

/** 3.27 */
function result(finding: FileFinding): object {
  const { file, line, rule: ruleId, severity: level, path, message, fix, accepted } = finding
  return {
    ruleId,
    ruleIndex: listed.findIndex(({ id }) => id === ruleId),
    level,
    message: { text: `${message}\nInstead: ${fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line },
        },
        ...(path !== '' && { logicalLocations: [{ fullyQualifiedName: path, kind: 'member' }] }),
      },
    ],
    ...(accepted !== undefined && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: accepted }],
    }),
  }
}

/** 3.4.3: relative to the repository where that can be. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(resolve(file)).href
  return file.split(sep).map(encodeURIComponent).join('/')
}
