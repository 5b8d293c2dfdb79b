import type { SecretVault } from '#shared/aws/secrets-manager.ts'
import { type SecretName, secretSchemas } from '#shared/runtime/secrets.ts'

/** Secrets Manager in memory, with the random text that CloudFormation puts into a new secret. */
export function memoryVault() {
  const names = Object.keys(secretSchemas) as SecretName[]
  const versions = new Map<string, string>()
  const current = new Map(names.map((name) => [name, 'first']))
  /** Text of each secret's current version. */
  const texts = new Map<string, string>(names.map((name) => [name, 'random text']))
  const vault: SecretVault = (name) => ({
    read: async (version = current.get(name)) =>
      version === current.get(name) ? texts.get(name) : versions.get(`${name} ${version}`),
    propose: async (version, text) => {
      if (versions.has(`${name} ${version}`)) throw new Error('ResourceExistsException')
      versions.set(`${name} ${version}`, text)
    },
    promote: async (version) => {
      if (current.get(name) === version) return
      current.set(name, version)
      texts.set(name, versions.get(`${name} ${version}`) ?? '')
    },
    replace: async (text) => {
      texts.set(name, text)
    },
  })
  const load = async (name: SecretName): Promise<unknown> => JSON.parse(texts.get(name) ?? '')
  return { vault, texts, load }
}
