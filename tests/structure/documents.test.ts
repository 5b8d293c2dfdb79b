import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '#package' with { type: 'json' }
import { namedJobs } from '#shared/jobs/jobs.ts'
import { personalFields } from '#shared/orders/personal-data.ts'
import { transitions } from '#shared/orders/transitions.ts'
import { namedMachines } from '#shared/workflows/machines.ts'
import { documents, partOf, textOf } from '#tests/support/documents.ts'
import { floors } from './floors.ts'
import { diagramOf } from './machine-diagram.ts'

const root = join(import.meta.dirname, '../..')
const texts = documents.map((file) => ({ file, text: textOf(file) }))

/** Matches of a pattern's group in all documents, with the file in which each was found. */
const found = (pattern: RegExp) =>
  texts.flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([, name = '']) => ({ file, name })))

/** The state machine as Mermaid; waiting states that stay where they are are left out. */
function diagram(): string {
  const edges = Object.entries(transitions).flatMap(([action, list]) =>
    list.flatMap(({ from, to, by, reasonRequired }) =>
      from.flatMap((before) =>
        to
          .filter((after) => after !== before && !(from.length > 1 && from.includes(after)))
          .map((after) => {
            const who = by.some((standing) => standing === 'owner' || standing === 'staff') ? '' : ` (${by.join(', ')})`
            return `  ${before} --> ${after}: ${action}${reasonRequired ? ' with reason' : ''}${who}`
          }),
      ),
    ),
  )
  return ['```mermaid', 'stateDiagram-v2', ...edges, '```'].join('\n')
}

describe('README', () => {
  test('has at most 10,000 bytes', () => {
    expect(Buffer.byteLength(textOf('README.md'))).toBeLessThanOrEqual(10_000)
  })

  test('draws the transition table', () => {
    expect(partOf('README.md', 'transitions')).toBe(diagram())
  })

  test('lists the folders of shared from the ground up', () => {
    const listed = [...textOf('README.md').matchAll(/^shared\/([\w-]+) {2,}/gm)].map(([, folder]) => folder)
    expect(listed).toEqual(floors)
  })
})

test.each(namedMachines)('docs/workflows.md draws the definition of $name', ({ name, definition }) => {
  expect(partOf('docs/workflows.md', name)).toBe(diagramOf(definition))
})

test('docs/adding-things.md shows the consumer that sends mails', () => {
  const shown = /```ts\n([\s\S]*?)```/.exec(textOf('docs/adding-things.md'))?.[1]
  expect(textOf('functions/events/send-mail.ts').endsWith(`\n\n${shown}`)).toBe(true)
})

test('docs/erasure.md names every field of an order that is erased', () => {
  const row = /^\| orders \| (.*)$/m.exec(textOf('docs/erasure.md'))?.[1]
  const named = [...(row ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => field)
  expect(named.toSorted()).toEqual(personalFields.toSorted())
})

test('docs/decisions/README.md lists every decision by its title', () => {
  const decisions = texts.filter(({ file }) => /^docs\/decisions\/\d{4}-/.test(file))
  const rows = decisions.map(({ file, text }) => {
    const [, name = '', number] = /((\d{4})-.*)$/.exec(file) ?? []
    return `| ${number} | [${/^# (.+)$/m.exec(text)?.[1]}](${name}) |`
  })
  expect(textOf('docs/decisions/README.md').match(/^\| \d{4} .*$/gm)).toEqual(rows)
  for (const { file, text } of decisions) {
    expect([file, ...(text.match(/^## .+$/gm) ?? [])]).toEqual([file, '## What', '## Why', '## Consequences'])
  }
})

test('docs/CHANGELOG.md begins with the version of the package', () => {
  expect(/^## \[([^\]]+)\]/m.exec(textOf('docs/CHANGELOG.md'))?.[1]).toBe(manifest.version)
})

describe('a document', () => {
  test('names only npm scripts that exist, and every script is named somewhere', () => {
    const named = found(/npm (?:run )?((?<=run )[a-z:]+|start|test)\b/g)
    expect(named.filter(({ name }) => !(name in manifest.scripts))).toEqual([])
    const scripts = Object.keys(manifest.scripts).filter((name) => !name.startsWith('pre'))
    expect(scripts.filter((script) => !named.some(({ name }) => name === script))).toEqual([])
  })

  test('names only jobs that exist', () => {
    const named = found(/npm run job -- ([a-z-]+)/g)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(({ name }) => !namedJobs.some((job) => job.name === name))).toEqual([])
  })

  test('names only files that exist', () => {
    const named = found(/`((?:shared|infra|functions|tests|docs|\.github|\.ci)\/[\w./-]+)`/g)
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(({ name }) => !existsSync(join(root, name)))).toEqual([])
  })

  test('links only to files that exist', () => {
    const links = found(/\]\((?!https?:)([^)#\s]+)\)/g)
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter(({ file, name }) => !existsSync(join(root, dirname(file), name)))).toEqual([])
  })
})
