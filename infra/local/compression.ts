import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { APIGatewayProxyResult } from 'aws-lambda'
import { compressedFromBytes } from '#shared/api/response-headers.ts'

const compress = promisify(gzip)

/** A body on its way to the client. */
interface Encoded {
  headers: { 'Content-Encoding'?: 'gzip' }
  body: Buffer
}

/** Compresses as API Gateway does: bodies from a certain size on, for clients that accept gzip. */
export async function encoded(
  { body }: Pick<APIGatewayProxyResult, 'body'>,
  acceptEncoding: string | undefined,
): Promise<Encoded> {
  const bytes = Buffer.from(body)
  if (bytes.length < compressedFromBytes || !acceptsGzip(acceptEncoding ?? '')) return { headers: {}, body: bytes }
  return { headers: { 'Content-Encoding': 'gzip' }, body: await compress(bytes) }
}

/** The weight of `gzip` counts, or else the weight of `*`. */
function acceptsGzip(acceptEncoding: string): boolean {
  const weights = new Map(
    acceptEncoding.split(',').map((entry) => {
      const [coding = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
      return [coding, Number(weight)]
    }),
  )
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0
}
