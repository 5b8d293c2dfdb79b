import priceFile from '#infra/prices.json' with { type: 'json' }
import { billOf, totalOf } from './bill.ts'
import { measureLives } from './metered-lives.ts'
import { startMeteredStack } from './metered-stack.ts'
import type { Tally } from './tally.ts'

const print = (line = '') => process.stdout.write(`${line}\n`)
const right = (value: number, width: number, decimals = 0) => value.toFixed(decimals).padStart(width)

function printBill(name: string, tally: Tally): void {
  const bill = billOf(tally)
  print(`One order, ${name}${' '.repeat(40 - name.length)}   an order    dollars for             a million orders`)
  for (const { line, count, price, per, dollars } of bill) {
    const columns = [right(count, 8, Number.isInteger(count) ? 0 : 2), String(price).padStart(14), right(per, 12)]
    print(`${line.padEnd(52)}${columns.join('')}${right(dollars, 16, 2)}`)
  }
  print(`${'Dollars'.padEnd(52)}${right(totalOf(bill), 50, 2)}`)
}

function printFunctions({ functions }: Tally): void {
  print('function                         calls   writes: table   indexes   reads')
  for (const [name, { calls, table_writes, index_writes, reads }] of Object.entries(functions)) {
    print(`${name.padEnd(32)}${right(calls, 6)}${right(table_writes, 16)}${right(index_writes, 10)}${right(reads, 8)}`)
  }
}

function printLives(lives: Record<string, Tally>): void {
  print('One order                                 API calls   transitions   mails   a million, dollars')
  for (const [name, tally] of Object.entries(lives)) {
    const { api_calls, transitions, mails } = tally
    const total = totalOf(billOf(tally))
    print(`${name.padEnd(40)}${right(api_calls, 11)}${right(transitions, 14)}${right(mails, 8)}${right(total, 21, 2)}`)
  }
}

const stack = await startMeteredStack()
try {
  const lives = await measureLives(stack)
  printBill('delivered', lives.delivered)
  print()
  printFunctions(lives.delivered)
  print()
  printLives(lives)
  print()
  print(
    `Prices of ${priceFile.as_of}, ${priceFile.region}: infra/prices.json, with what is assumed. ${priceFile.source}`,
  )
  print(`Left out: ${priceFile.left_out}`)
} finally {
  await stack.stop()
}
