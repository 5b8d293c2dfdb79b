/** Findings of the CDK's security rules that stay, each with its reason. Everything else fails the synthesis. */
export const acknowledgedRules = {
  'AwsSolutions::AwsSolutions-APIG2': 'Bodies are validated by `implement` with the schemas of the route table.',
  'AwsSolutions::AwsSolutions-APIG3': 'A web ACL costs as much at rest as all else; accounts that have one attach it.',
  'AwsSolutions::AwsSolutions-APIG4':
    'Public by contract: sign-in, health, documentation, and the 404s and 405s of the fallback.',
  'AwsSolutions::AwsSolutions-APIG6':
    'Execution logs would hold bodies and tokens; the access log names every request.',
  'AwsSolutions::AwsSolutions-COG4': 'Access tokens are our own; the request authorizer verifies them.',
  'AwsSolutions::AwsSolutions-IAM5[Resource::*]': 'Only for tracing, which has no resources.',
  'AwsSolutions::AwsSolutions-SMG4':
    'Keys are rotated by adding one, not by replacing the secret; the first password is of use once.',
  'Serverless::Serverless-APIGWXrayEnabled': 'Off on the emulator only, which has no tracing.',
  'Serverless::Serverless-LambdaDLQ':
    'The gateway calls functions synchronously: nothing is retried that could be lost.',
  'Serverless::Serverless-LambdaStarPermissions': 'Only for tracing, which has no resources.',
  'Serverless::Serverless-LambdaTracing': 'Off on the emulator only, which has no tracing.',
}
