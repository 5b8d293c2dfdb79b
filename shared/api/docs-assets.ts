/** From the top of the repository. */
export const swaggerUiFolder = 'node_modules/swagger-ui-dist'

/** What the documentation page takes from swagger-ui-dist. */
export const swaggerUiFiles = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const

/** All that the page asks for. */
export const docsAssets = [...swaggerUiFiles, 'start.js'] as const
export type DocsAsset = (typeof docsAssets)[number]

/** What the page may load. No inline script and no other host; styles are set by Swagger UI itself. */
export const docsSources = {
  'script-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
}
