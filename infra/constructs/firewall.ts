import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import type { Stage } from '../stages.ts'

/** Refuses addresses that send too many requests, before they cost anything else. Only stages that ask for it have one. */
export function addFirewall(scope: Construct, { name, requestsPerAddress }: Stage, stageArn: string): void {
  if (requestsPerAddress === undefined) return
  const measuredAs = (metricName: string) => ({
    metricName,
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
  })
  const acl = new CfnWebACL(scope, 'Firewall', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: measuredAs(`holdfast-${name}`),
    rules: [
      {
        name: 'requests-per-address',
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: {
          rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsPerAddress, evaluationWindowSec: 300 },
        },
        visibilityConfig: measuredAs(`holdfast-${name}-requests-per-address`),
      },
    ],
  })
  new CfnWebACLAssociation(scope, 'FirewallOfApi', { webAclArn: acl.attrArn, resourceArn: stageArn })
}
