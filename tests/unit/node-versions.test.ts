import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Another Node.js on the PATH, if there is one: tests run with the one of the packages. */
const other = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((node) => existsSync(node) && versionOf(node) !== process.version)

function versionOf(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
}

/** Every mail in every language, amounts in every currency; texts, addresses, bodies and order numbers as they are stored. */
const program = `
  import { languages, samplesIn } from '#tests/support/sample-mails.ts'
  import { Currency, decimalsOf, minorUnits } from '#shared/requests/currency.ts'
  import { emailKey } from '#shared/requests/email.ts'
  import { anyBeginsWith } from '#shared/requests/search.ts'
  import { text } from '#shared/requests/text.ts'
  import { fingerprintOf } from '#shared/requests/idempotency.ts'
  import { orderNumber, readOrderNumber } from '#shared/orders/order-number.ts'
  const amounts = [0, 1, 19.99, 1.234, 1e-7, 0.1 + 0.2, 10_000_000]
  const texts = ['Cafe\\u0301', 'STRASSE ß', 'ΣΊΣΥΦΟΣ', 'İstanbul', '👩‍👩‍👧', 'טלפון 12 (אדום)', '\\u3164', '\\u2800', '\\u0958']
  process.stdout.write(JSON.stringify([
    languages.map(samplesIn),
    Currency.options.map((code) => [code, decimalsOf(code), amounts.map((amount) => minorUnits(amount, code) ?? null)]),
    texts.map((one) => [text(200).safeParse(one).data ?? null, texts.filter((prefix) => anyBeginsWith(prefix, [one]))]),
    ['User@MÜNCHEN.de', 'Почта@пример.рф', 'jo@xn--mnchen-3ya.de'].map(emailKey),
    amounts.map((amount) => fingerprintOf({ texts, amount })),
    ['ord_1', 'ord_2'].map((id) => orderNumber(id, 0)).map((number) => [number, readOrderNumber(number.toLowerCase())]),
  ]))
`

test.skipIf(other === undefined)('another version of Node.js stores the same and writes the same mails', async () => {
  const bundle = await build({
    stdin: { contents: program, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/')" },
  })
  const code = bundle.outputFiles[0]?.text ?? ''
  const env = { ...process.env, LAMBDA_TASK_ROOT: root }
  const run = (node: string) => execFileSync(node, ['--input-type=module'], { input: code, encoding: 'utf8', env })
  const [here, there] = [run(process.execPath), run(other ?? '')]
  expect(JSON.parse(here)).toHaveLength(6)
  expect(there).toBe(here)
})
