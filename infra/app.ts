import { buildBundles } from './bundling/bundles.ts'
import { checkedApp } from './holdfast.ts'

await buildBundles()
checkedApp()
