import { App, CliCredentialsStackSynthesizer, type IStackSynthesizer, Tags } from 'aws-cdk-lib'
import { buildBundles } from './bundles.ts'
import { ApiStack } from './stacks/api-stack.ts'
import { DataStack } from './stacks/data-stack.ts'
import { stageOf } from './stages.ts'

const app = new App()
const stage = stageOf(app.node.tryGetContext('stage'))
buildBundles()

/** Without one of its own, a stack takes the default: the roles that `cdk bootstrap` made. */
const credentials = () =>
  stage.credentials === 'cli'
    ? { synthesizer: new CliCredentialsStackSynthesizer() as unknown as IStackSynthesizer }
    : {}
const data = new DataStack(app, `holdfast-${stage.name}-data`, { stage, ...credentials() })
new ApiStack(app, `holdfast-${stage.name}-api`, { stage, data, ...credentials() })
Tags.of(app).add('service', 'holdfast')
Tags.of(app).add('stage', stage.name)
