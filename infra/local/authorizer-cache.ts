import type { APIGatewayAuthorizerResult } from 'aws-lambda'

type Decide = () => Promise<APIGatewayAuthorizerResult>

const maxEntries = 10_000

/** Keeps the authorizer's decisions by `Authorization` header, as the real gateway does; refusals are not kept. */
export class AuthorizerCache {
  readonly #decisions = new Map<string, { decision: APIGatewayAuthorizerResult; until: number }>()
  readonly #seconds: number

  constructor(seconds: number) {
    this.#seconds = seconds
  }

  async get(authorization: string, decide: Decide): Promise<APIGatewayAuthorizerResult> {
    const known = this.#decisions.get(authorization)
    if (known && known.until > Date.now()) return known.decision
    const decision = await decide()
    if (this.#decisions.size >= maxEntries) this.#decisions.clear()
    this.#decisions.set(authorization, { decision, until: Date.now() + this.#seconds * 1000 })
    return decision
  }
}
