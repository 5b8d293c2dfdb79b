import {
  App,
  type AppProps,
  CliCredentialsStackSynthesizer,
  type IStackSynthesizer,
  Tags,
  Validations,
} from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import settings from '../cdk.json' with { type: 'json' }
import { acknowledgements } from './acknowledged-rules.ts'
import { adoptionOf } from './adoption.ts'
import { AccountStack } from './stacks/account-stack.ts'
import { ApiStack } from './stacks/api-stack.ts'
import { DataStack } from './stacks/data-stack.ts'
import { EventsStack } from './stacks/events-stack.ts'
import { OperationsStack } from './stacks/operations-stack.ts'
import { realStages, type Stage, stackName, stageOf } from './stages.ts'

/** By default, a stack deploys with the roles that `cdk bootstrap` created. */
const credentials = ({ credentials: kind }: Stage): { synthesizer?: IStackSynthesizer } =>
  kind === 'cli' ? { synthesizer: new CliCredentialsStackSynthesizer() as unknown as IStackSynthesizer } : {}

interface Stacks {
  app: App
  account: AccountStack
  data: DataStack
  events: EventsStack
  api: ApiStack
  operations: OperationsStack
}

/** Like `holdfastApp`, but on real stages a finding of the security rules fails the synthesis. */
export function checkedApp(...given: Parameters<typeof holdfastApp>): Stacks {
  const { stage, ...stacks } = holdfastApp(...given)
  if (realStages.some((name) => name === stage.name)) checkSecurity(stacks.app)
  return stacks
}

/**
 * The stacks of one stage. The bundles must already be built.
 * @param given the stage or its name; read from the context (`-c stage=`) by default
 */
export function holdfastApp(props: AppProps = {}, given?: string | Stage): Stacks & { stage: Stage } {
  // The CDK's command line passes these on; tests and scripts do not go through it.
  const app = new App({ ...props, context: { ...settings.context, ...props.context } })
  const stage = typeof given === 'object' ? given : stageOf(given ?? app.node.tryGetContext('stage'))
  const adoption = adoptionOf((key) => app.node.tryGetContext(key))
  const data = new DataStack(app, stackName(stage, 'data'), { stage, adoption, ...credentials(stage) })
  const events = new EventsStack(app, stackName(stage, 'events'), { stage, data, ...credentials(stage) })
  const account = new AccountStack(app, 'holdfast-account', credentials(stage))
  const api = new ApiStack(app, stackName(stage, 'api'), { stage, data, ...credentials(stage) })
  api.addStackDependency(account)
  const operations = new OperationsStack(app, stackName(stage, 'operations'), {
    stage,
    data,
    ...credentials(stage),
  })
  Tags.of(app).add('service', 'holdfast')
  Tags.of(app).add('stage', stage.name)
  return { app, account, data, events, api, operations, stage }
}

function checkSecurity(app: App): void {
  const rules = Validations.of(app)
  rules.addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
  for (const { reason, rules: ids } of acknowledgements) {
    rules.acknowledge(...ids.filter((id) => id.includes('::')).map((id) => ({ id, reason })))
  }
}
