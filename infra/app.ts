import { buildBundles } from './bundles.ts'
import { holdfastApp } from './holdfast.ts'

buildBundles()
holdfastApp()
