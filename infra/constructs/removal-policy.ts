import { RemovalPolicy } from 'aws-cdk-lib'
import type { Stage } from '../stages.ts'

/** What happens to data, secrets and logs when their stack is deleted. */
export const removalPolicy = ({ retainData }: Stage): RemovalPolicy =>
  retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
