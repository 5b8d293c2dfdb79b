import {
  App,
  type AppProps,
  CliCredentialsStackSynthesizer,
  type IStackSynthesizer,
  Tags,
  Validations,
} from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { acknowledgedRules } from './acknowledged-rules.ts'
import { ApiStack } from './stacks/api-stack.ts'
import { DataStack } from './stacks/data-stack.ts'
import { type Stage, stageOf } from './stages.ts'

/** Without one of its own, a stack takes the default: the roles that `cdk bootstrap` made. */
const credentials = ({ credentials: kind }: Stage): { synthesizer?: IStackSynthesizer } =>
  kind === 'cli' ? { synthesizer: new CliCredentialsStackSynthesizer() as unknown as IStackSynthesizer } : {}

/**
 * The stacks of one stage, whose synthesis fails on what the security rules find; the bundles have to be built already.
 * @param stageName as given by `-c stage=`; looked up in the context when it is left out
 */
export function holdfastApp(props: AppProps = {}, stageName?: string): { app: App; data: DataStack; api: ApiStack } {
  const app = new App(props)
  const stage = stageOf(stageName ?? app.node.tryGetContext('stage'))
  const data = new DataStack(app, `holdfast-${stage.name}-data`, { stage, ...credentials(stage) })
  const api = new ApiStack(app, `holdfast-${stage.name}-api`, { stage, data, ...credentials(stage) })
  Tags.of(app).add('service', 'holdfast')
  Tags.of(app).add('stage', stage.name)
  const rules = Validations.of(app)
  rules.addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
  rules.acknowledge(...Object.entries(acknowledgedRules).map(([id, reason]) => ({ id, reason })))
  return { app, data, api }
}
