import { Template } from 'aws-cdk-lib/assertions'

type Properties = Record<string, unknown>
export interface Resource {
  Type: string
  Properties: Properties
  DeletionPolicy?: string
}
export type Resources = Record<string, Resource>
export interface Statement {
  Action: string | string[]
  Resource: unknown
}

export const resourcesOf = (stack: Parameters<typeof Template.fromStack>[0]): Resources =>
  Template.fromStack(stack).toJSON()['Resources']
export const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type)
export const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value])

/** Paths of an API's resources by logical id. */
export function pathsOf(api: Resources): Map<string, string> {
  const resources = new Map(ofType(api, 'AWS::ApiGateway::Resource'))
  const pathOf = (id: string): string => {
    const { Properties } = resources.get(id) as Resource
    const { ParentId, PathPart } = Properties as { ParentId: { Ref?: string }; PathPart: string }
    return `${ParentId.Ref === undefined ? '' : pathOf(ParentId.Ref)}/${PathPart}`
  }
  return new Map([...resources.keys()].map((id) => [id, pathOf(id)]))
}
