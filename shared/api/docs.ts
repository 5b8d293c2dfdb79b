import { readFile } from 'node:fs/promises'
import { runTimePath } from '#shared/runtime/run-time-files.ts'
import type { Document } from './contract.ts'
import { type DocsAsset, swaggerUiFolder } from './docs-assets.ts'

const startScript = `SwaggerUIBundle({
  url: document.documentElement.dataset.description,
  dom_id: '#docs',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
})
`

const contentTypes: Record<DocsAsset, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
}

/**
 * Its links are relative, so that it need not know where the API is mounted.
 * @param path of the page as it was asked for: with or without a trailing slash
 */
export function docsPage(path: string): Document {
  const [here, above] = path.endsWith('/') ? ['', '../'] : ['docs/', '']
  return {
    contentType: 'text/html; charset=utf-8',
    text: `<!doctype html>
<html lang="en" data-description="${above}openapi.json">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Holdfast API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${here}swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="${here}swagger-ui-bundle.js"></script>
    <script src="${here}start.js"></script>
  </body>
</html>
`,
  }
}

export const docsAsset = async (asset: DocsAsset): Promise<Document> => ({
  contentType: contentTypes[asset],
  text: asset === 'start.js' ? startScript : await readFile(runTimePath(`${swaggerUiFolder}/${asset}`), 'utf8'),
})
