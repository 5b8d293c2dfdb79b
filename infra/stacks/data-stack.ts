import { Stack, type StackProps } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { adminSecret, createTokenSecrets } from '../constructs/secrets.ts'
import { holdfastTable } from '../constructs/table.ts'
import type { Stage } from '../stages.ts'

/** What must outlive every deployment: the table and the secrets. */
export class DataStack extends Stack {
  readonly table: TableV2

  constructor(scope: Construct, id: string, { stage, ...props }: StackProps & { stage: Stage }) {
    super(scope, id, { ...props, terminationProtection: stage.retainData })
    this.table = holdfastTable(this, stage)
    createTokenSecrets(this, stage)
    adminSecret(this, stage)
  }
}
