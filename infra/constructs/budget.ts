import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import type { Construct } from 'constructs'
import type { Stage } from '../stages.ts'

/** Warns of a bill that will exceed the stage's budget, and of one that has. The tag `stage` must be a cost allocation tag. */
export function addBudget(scope: Construct, { name, monthlyBudget, alarmEmail }: Stage): void {
  if (monthlyBudget === undefined || alarmEmail === undefined) return
  const subscribers = [{ subscriptionType: 'EMAIL', address: alarmEmail }]
  const at = (notificationType: 'FORECASTED' | 'ACTUAL') => ({
    notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold: 100, thresholdType: 'PERCENTAGE' },
    subscribers,
  })
  new CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: `holdfast-${name}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: monthlyBudget, unit: 'USD' },
      costFilters: { TagKeyValue: [`user:stage$${name}`] },
    },
    notificationsWithSubscribers: [at('FORECASTED'), at('ACTUAL')],
  })
}
