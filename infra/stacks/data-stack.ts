import { CfnWaitConditionHandle, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Adoption } from '../adoption.ts'
import { createSecrets } from '../constructs/secrets.ts'
import { adoptedTable, holdfastTable, type StageTable } from '../constructs/table.ts'
import type { Stage } from '../stages.ts'

/** What must outlive every deployment: the table and the secrets. */
export class DataStack extends Stack {
  readonly table: StageTable

  constructor(
    scope: Construct,
    id: string,
    { stage, adoption, ...props }: StackProps & { stage: Stage; adoption: Adoption },
  ) {
    super(scope, id, { ...props, terminationProtection: stage.retainData })
    this.table = adoption.table ? adoptedTable(this, adoption.table) : holdfastTable(this, stage)
    createSecrets(this, stage, adoption.secrets)
    // The CDK deletes a stack that has no resources left. This one has no effect and costs nothing.
    if (adoption.table) new CfnWaitConditionHandle(this, 'Adopted')
  }
}
