// AWS clients require these; the local engines ignore them.
process.env['AWS_REGION'] ??= 'eu-central-1'
process.env['AWS_ACCESS_KEY_ID'] ??= 'local'
process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local'
