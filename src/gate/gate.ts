import { OperationTypeNode, type GraphQLSchema } from "graphql";
import { evaluate } from "./cost.js";
import { createDocumentCache } from "./documents.js";
import type { KnownDocument, KnownOperation } from "./known-document.js";
import { gateLimits } from "./limits.js";
import { refusal, wrong, type Refusal } from "./refusal.js";
import { readOperation, type AskedOperation } from "./request.js";
import { createTrustedDocuments } from "./trusted-documents.js";
import { coerceVariables } from "./variables.js";

/** An operation that may be executed. */
export interface Admitted {
  readonly known: KnownDocument;
  readonly operation: KnownOperation;
  readonly operationName: string | null;
  /** The declared variables, and no others, as their types have them. */
  readonly variables: Record<string, unknown>;
  readonly cost: number;
  /**
   * The part of the cost that the user is charged. The work of a mutation is in rates of its own, such as that of
   * marks; what it returns beyond that is charged.
   */
  readonly charge: number;
}

/** What the gate works with. */
export interface GateOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Documents that may be asked for by id: their texts by their ids. */
  readonly trusted?: ReadonlyMap<string, string>;
  /** Whether no other documents are run. */
  readonly trustedOnly?: boolean;
}

/**
 * The gate that every operation passes before it is executed, over HTTP and over sockets alike. Whoever
 * asks has been authenticated before.
 */
export interface Gate {
  /**
   * Finds the document, takes the variables, and works out the cost, which the transport charges the user.
   * @param body the body of a request, or the payload of a `subscribe` message: not trusted at all
   */
  admit(body: unknown): Admitted | Refusal;
}

/**
 * Makes the gate of a node.
 * @throws {ManifestError} where trusted documents cannot be run
 */
export function createGate({
  schema,
  introspection,
  trusted = new Map(),
  trustedOnly = false,
}: GateOptions): Gate {
  const documents = createDocumentCache(schema, { introspection });
  const manifest = createTrustedDocuments(schema, trusted);

  function find({
    query,
    documentId,
  }: AskedOperation): KnownDocument | Refusal {
    if (query === null) {
      const known = manifest.byId(documentId ?? "");
      // Clients for persisted queries know this text, and send the document from then on.
      return known ?? refusal(wrong("PersistedQueryNotSupported"));
    }
    if (trustedOnly && !manifest.hasText(query))
      return refusal(
        wrong("Only trusted documents are run here: ask by `documentId`."),
      );
    const found = documents.get(query);
    return "document" in found ? found : { ...found, cost: null };
  }

  function check(
    known: KnownDocument,
    { operationName, variables: given }: AskedOperation,
  ): Admitted | Refusal {
    const operation = operationOf(known, operationName);
    if (!operation)
      return refusal(wrong("There is no such operation in the document."));
    const taken = coerceVariables(operation.variables, given);
    if ("errors" in taken) return { errors: taken.errors, cost: null };
    const variables = taken.values;
    const cost = evaluate(operation.cost, variables);
    if (cost > gateLimits.cost)
      return refusal(
        wrong(
          `The operation may cost ${cost}, and ${gateLimits.cost} is the most. Ask for shorter pages.`,
          null,
          { cost, budget: gateLimits.cost },
        ),
        cost,
      );
    const isMutation = operation.node.operation === OperationTypeNode.MUTATION;
    const charge = isMutation
      ? Math.max(0, cost - gateLimits.mutationCost)
      : cost;
    return { known, operation, operationName, variables, cost, charge };
  }

  return {
    admit(body) {
      const asked = readOperation(body);
      if ("errors" in asked) return asked;
      const known = find(asked);
      return "errors" in known ? known : check(known, asked);
    },
  };
}

/** The operation of a name; without a name, the only one. */
function operationOf(
  { operations }: KnownDocument,
  name: string | null,
): KnownOperation | undefined {
  if (name !== null && name !== "") return operations.get(name);
  const [only, ...others] = operations.values();
  return others.length > 0 ? undefined : only;
}
