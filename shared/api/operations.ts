import type { Method, Route } from './contract.ts'
import { routes } from './routes.ts'

/** A route and its name, for code to which the types of single routes do not matter. */
export interface NamedRoute {
  operation: string
  route: Route
}

export const operations: NamedRoute[] = Object.entries(routes).map(([operation, route]) => ({ operation, route }))

/** The methods that the documentation lists. */
export const methodsOf = ({ method, alias }: Route): Method[] => (alias ? [method, alias] : [method])

/** The methods that the gateway sends to the operation's function: HEAD is a GET whose body the server leaves out. */
export const servedMethodsOf = (route: Route): (Method | 'HEAD')[] =>
  methodsOf(route).flatMap((method) => (method === 'GET' ? [method, 'HEAD'] : [method]))

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Module of an operation's function, from the top of the repository. */
export const functionFile = ({ operation, route }: NamedRoute): string =>
  `functions/${route.area}/${kebab(operation)}.ts`

/** Serves every path and method that no route does. */
export const fallbackFile = 'functions/fallback.ts'
export const authorizerFile = 'functions/authorizer.ts'

/** Operations at a path (one trailing slash is ignored), the most specific resource first; with the path's variables. */
export function operationsAt(path: string): { named: NamedRoute; variables: Record<string, string> }[] {
  const wanted = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  const matches = operations.flatMap((named) => {
    const variables = match(named.route.path, wanted)
    return variables ? [{ named, variables }] : []
  })
  // API Gateway prefers a literal segment to a variable: /orders/create is never the order "create".
  const fewest = Math.min(...matches.map(({ variables }) => Object.keys(variables).length))
  return matches.filter(({ variables }) => Object.keys(variables).length === fewest)
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/')
  const segments = path.split('/')
  if (expected.length !== segments.length) return undefined
  const variables: Record<string, string> = {}
  for (const [n, part] of expected.entries()) {
    const segment = segments[n] ?? ''
    const variable = /^\{(.+)\}$/.exec(part)?.[1]
    if (variable === undefined ? part !== segment : segment === '') return undefined
    if (variable !== undefined) variables[variable] = segment
  }
  return variables
}
