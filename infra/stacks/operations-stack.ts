import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { alarmsOf } from '../alarms.ts'
import { addAlarms } from '../constructs/alarms.ts'
import { addBudget } from '../constructs/budget.ts'
import { addDashboard } from '../constructs/dashboard.ts'
import { Measurements } from '../constructs/measurements.ts'
import type { Stage } from '../stages.ts'
import type { DataStack } from './data-stack.ts'

export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, ...props }: StackProps & { stage: Stage; data: DataStack }) {
    super(scope, id, props)
    addBudget(this, stage)
    const measured = new Measurements(this, { stage, data })
    const alarms = addAlarms(this, stage, alarmsOf(measured, stage))
    addDashboard(this, stage, measured, alarms)
  }
}
