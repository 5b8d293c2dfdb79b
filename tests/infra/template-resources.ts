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
