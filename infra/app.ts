import { buildBundles } from './bundling/bundles.ts'
import { holdfastApp } from './holdfast.ts'

await buildBundles()
holdfastApp()
