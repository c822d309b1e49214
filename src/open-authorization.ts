/** The part of a gateway that plans, without any connection. */
import type { Connector } from '../connectors/contract.js';
import { openAuthorizer } from './authorize/authorizer.js';
import { buildCatalogue } from './authorize/catalogue.js';
import type { DocumentLimits } from './authorize/document-size.js';
import { buildGatewaySchema } from './authorize/schema.js';
import type { Config } from './config.js';
import { readSchemaFiles } from './package-root.js';

/** The bounds of a document, as configured. */
export function documentLimitsOf({ limits }: Pick<Config, 'limits'>): DocumentLimits {
  return {
    maxTokens: limits.documentTokens,
    maxDepth: limits.documentDepth,
    maxFields: limits.documentFields,
    maxAliases: limits.documentAliases,
    maxRootFields: limits.documentRootFields,
    maxBreadth: limits.documentBreadth,
    maxDirectives: limits.documentDirectives,
    cacheSize: limits.cachedPlans,
  };
}

/** Builds the authorizer's part of a gateway, without any connection: enough to explain access. */
export function openAuthorization(config: Config, connectors: readonly Pick<Connector, 'department' | 'coverage'>[]) {
  const catalogue = buildCatalogue(buildGatewaySchema(readSchemaFiles()));
  const authorizer = openAuthorizer({
    catalogue,
    coverage: Object.fromEntries(connectors.map(({ department, coverage }) => [department, coverage])),
    introspection: config.introspection,
    limits: documentLimitsOf(config),
  });
  return { catalogue, authorizer };
}
