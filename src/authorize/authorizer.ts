/** May they: from a document's text and the caller's rights to an access plan, kept for the next time. */
import type { OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ScanField } from '../domain/scan.js';
import type { Catalogue } from './catalogue.js';
import { type DocumentLimits, WIDEST_DOCUMENT_LIMITS } from './document-size.js';
import { type Documents, openDocuments, type PreparedDocument, resolveOperation } from './documents.js';
import type { AccessPlan, Use } from './plan.js';
import { planAccess } from './planner.js';
import { type GrantQuota, quotasAt, type Rights } from './rights.js';
import { type GrantedScan, grantedScan } from './scan.js';
import { coerceVariables } from './variables.js';

/** How an authorizer is made. */
export interface AuthorizerOptions {
  readonly catalogue: Catalogue;
  /** GB/T 2260 prefixes that cover a department's rows, by department. */
  readonly coverage: Readonly<Record<string, readonly string[]>>;
  /** Whether `__schema` and `__type` are open to every application. */
  readonly introspection: boolean;
  readonly limits: DocumentLimits;
}

/** A request that may run: its plan and its coerced variables. */
export interface Authorized {
  readonly plan: AccessPlan;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Quotas of the caller's grants that the plan counts towards. */
  readonly quotas: readonly GrantQuota[];
  readonly document: PreparedDocument;
  readonly operation: OperationDefinitionNode;
}

/** Makes and keeps access plans. */
export interface Authorizer {
  /**
   * Plans one operation under the rights.
   * @param introspects whether `__schema` and `__type` are open to this application; default: as to every one
   * @throws DocumentFault or MianzhengError for a document, operation or variable that does not fit
   */
  authorize(
    text: string,
    operationName: string | null,
    given: Readonly<Record<string, unknown>>,
    rights: Rights,
    use: Use,
    introspects?: boolean,
  ): Authorized;
  /** Plans without variables: what @skip and @include read counts as asked for. Not kept. @param use default DISCLOSE */
  plan(text: string, operationName: string | null, rights: Rights, use?: Use, introspects?: boolean): AccessPlan;
  /** The right to list people, see {@link grantedScan}; null where it is not granted. */
  scan(field: ScanField, rights: Rights, where: Readonly<Record<string, string>>): GrantedScan | null;
  /** Owner of a field; null where there is no such field, or none that is shared. */
  ownerOf(coordinate: string): string | null;
  /** Documents and plans kept. */
  kept(): { readonly documents: number; readonly plans: number };
}

/** Opens an authorizer with empty caches; as many plans are kept as documents. */
export function openAuthorizer(options: AuthorizerOptions): Authorizer {
  const { catalogue, coverage, introspection, limits } = options;
  const documents: Readonly<Record<Use, Documents>> = {
    DISCLOSE: openDocuments(catalogue.schema, limits),
    // The facts of a matter are no caller's: bounds for callers must not keep a case from being judged.
    VERIFY: openDocuments(catalogue.schema, { ...WIDEST_DOCUMENT_LIMITS, cacheSize: limits.cacheSize }),
  };
  const plans = new LRUCache<string, AccessPlan>({ max: limits.cacheSize });

  function make(
    document: PreparedDocument,
    operation: OperationDefinitionNode,
    flags: Readonly<Record<string, unknown>> | null,
    rights: Rights,
    use: Use,
    introspects: boolean,
  ): AccessPlan {
    const { hash: documentHash, fragments } = document;
    // A plan for an explanation is made for one application and not kept.
    const namesGrants = flags === null;
    return planAccess({
      catalogue,
      coverage,
      documentHash,
      operation,
      fragments,
      flags,
      rights,
      use,
      introspection: introspects,
      namesGrants,
    });
  }

  return {
    authorize(text, operationName, given, rights, use, introspects = introspection) {
      const document = documents[use].prepare(text);
      const operation = resolveOperation(catalogue.schema, document, operationName);
      const variables = coerceVariables(catalogue.schema, operation, given);
      const flags = Object.fromEntries(document.flagVariables.map((name) => [name, variables[name]]));
      const asked = document.flagVariables.length === 0 ? '' : JSON.stringify(flags);
      const key = `${document.hash} ${operationName ?? ''} ${rights.fingerprint} ${use}${introspects ? '+' : ''} ${asked}`;
      let plan = plans.get(key);
      if (plan === undefined) {
        plan = make(document, operation, flags, rights, use, introspects);
        plans.set(key, plan);
      }
      return { plan, variables, quotas: quotasAt(plan.quotas, rights), document, operation };
    },
    plan(text, operationName, rights, use = 'DISCLOSE', introspects = introspection) {
      const document = documents[use].prepare(text);
      return make(
        document,
        resolveOperation(catalogue.schema, document, operationName),
        null,
        rights,
        use,
        introspects,
      );
    },
    scan: (field, rights, where) => grantedScan(catalogue, rights, field, where),
    ownerOf(coordinate) {
      const field = catalogue.fields.get(coordinate);
      return field === undefined || field.sharing === 'NOT_SHARED' ? null : field.department;
    },
    kept: () => ({ documents: documents.DISCLOSE.kept() + documents.VERIFY.kept(), plans: plans.size }),
  };
}
