import {
  Kind,
  TypeInfo,
  separateOperations,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { variableUses } from "./argument-path.js";
import type { Figure } from "./cost.js";
import { isPaged } from "./page-size.js";
import { planOf } from "./plan.js";
import { declaredVariables, type DeclaredVariable } from "./variables.js";

/** A document that may be executed, with everything about it that is the same for each of its operations. */
export interface KnownDocument {
  readonly text: string;
  readonly document: DocumentNode;
  /** Whether the document selects a `@perViewer` field: a field whose value depends on the viewer. */
  readonly isPerViewer: boolean;
  /** Whether it selects a `@perStay` field: a field whose value depends on which messages the viewer may see. */
  readonly isPerStay: boolean;
  /** The variables that a result depends on: those used outside the arguments of a subscription's field. */
  readonly resultVariables: readonly string[];
  /** The operations by their names; `""` for no name. */
  readonly operations: ReadonlyMap<string, KnownOperation>;
}

/** An operation of a document that may be executed. */
export interface KnownOperation {
  readonly node: OperationDefinitionNode;
  readonly variables: readonly DeclaredVariable[];
  /** What the operation costs with its variables; for a subscription, each event. */
  readonly cost: Figure;
  /** The fields with `first` or `last`. */
  readonly counted: readonly CountedField[];
}

/** A field with `first` or `last`, and its definition in the schema. */
export interface CountedField {
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown>;
}

/**
 * Learns of a valid document what its operations need.
 * @throws {TooMuch} where an operation passes a limit of its shape
 */
export function learn(
  schema: GraphQLSchema,
  text: string,
  document: DocumentNode,
): KnownDocument {
  const uses = variableUses(document);
  const parts = separateOperations(document);
  const operations = new Map<string, KnownOperation>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const name = node.name?.value ?? "";
    operations.set(name, {
      node,
      variables: declaredVariables(schema, node, uses),
      cost: planOf(schema, document, node),
      counted: countedFields(schema, parts[name] ?? document),
    });
  }
  return { text, document, operations, ...dependencies(schema, document) };
}

/** Finds the parts of a valid document that its results depend on. */
function dependencies(schema: GraphQLSchema, document: DocumentNode) {
  const types = new TypeInfo(schema);
  const selected = new Set<string>();
  const resultVariables = new Set<string>();
  const rootArguments = new Set<unknown>();
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node: FieldNode) {
        const field = types.getFieldDef();
        for (const { name } of field?.astNode?.directives ?? [])
          selected.add(name.value);
        const isRoot = types.getParentType() === schema.getSubscriptionType();
        if (isRoot)
          for (const argument of node.arguments ?? [])
            rootArguments.add(argument);
      },
      Argument: (node) => (rootArguments.has(node) ? false : undefined),
      VariableDefinition: () => false,
      Variable(node) {
        resultVariables.add(node.name.value);
      },
    }),
  );
  return {
    isPerViewer: selected.has("perViewer"),
    // `readUpToSeq` is of this kind too, and is marked as `@perViewer`.
    isPerStay: selected.has("perStay") || selected.has("perViewer"),
    resultVariables: [...resultVariables].sort(),
  };
}

function countedFields(
  schema: GraphQLSchema,
  operation: DocumentNode,
): CountedField[] {
  const types = new TypeInfo(schema);
  const counted: CountedField[] = [];
  visit(
    operation,
    visitWithTypeInfo(types, {
      Field(node: FieldNode) {
        const definition = types.getFieldDef();
        if (definition && isPaged(definition))
          counted.push({ node, definition });
      },
    }),
  );
  return counted;
}
