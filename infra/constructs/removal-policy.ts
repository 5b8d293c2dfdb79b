import { RemovalPolicy } from 'aws-cdk-lib'
import type { Stage } from '../stages.ts'

/**
 * What happens to data, secrets and logs when their stack is deleted. What a failed first deployment has created is deleted with
 * it: otherwise the next attempt would find the names taken.
 */
export const removalPolicy = ({ retainData }: Stage): RemovalPolicy =>
  retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY
