import { adminSecretId, type SecretName, secretId, secretSchemas } from '#shared/runtime/secrets.ts'
import type { Stage } from './stages.ts'

/** Secrets have fixed names, so that the stacks need not export them to each other. */
export const secretsPrefix = ({ name }: Pick<Stage, 'name'>): string => `holdfast/${name}`
export const adminSecretName = (stage: Pick<Stage, 'name'>): string => adminSecretId(secretsPrefix(stage))
export const tokenSecretName = (stage: Pick<Stage, 'name'>, name: SecretName): string =>
  secretId(secretsPrefix(stage), name)

/** The names of all secrets of a stage. */
export const secretNames = (stage: Pick<Stage, 'name'>): string[] => [
  ...(Object.keys(secretSchemas) as SecretName[]).map((name) => tokenSecretName(stage, name)),
  adminSecretName(stage),
]
