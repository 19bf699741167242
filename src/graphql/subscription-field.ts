import {
  getArgumentValues,
  GraphQLError,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { Admitted } from "../gate/gate.js";

/**
 * Finds the field that a subscription selects, with its arguments.
 * @throws {GraphQLError} where there is no such subscription, or an argument is wrong
 */
export function rootField(
  schema: GraphQLSchema,
  { known, operation, variables }: Admitted,
): { name: string; args: Record<string, unknown> } {
  const type = schema.getSubscriptionType();
  const field = firstField(operation.node.selectionSet, known.document);
  const definition = field && type?.getFields()[field.name.value];
  if (!definition) throw new GraphQLError("There is no such subscription.");
  return {
    name: definition.name,
    args: getArgumentValues(definition, field, variables),
  };
}

/** The first field of a selection: a valid subscription selects one field only. */
function firstField(
  selectionSet: SelectionSetNode,
  document: DocumentNode,
): FieldNode | null {
  for (const selection of selectionSet.selections) {
    const found = fieldOf(selection, document);
    if (found) return found;
  }
  return null;
}

function fieldOf(
  selection: SelectionNode,
  document: DocumentNode,
): FieldNode | null {
  switch (selection.kind) {
    case Kind.FIELD:
      return selection;
    case Kind.INLINE_FRAGMENT:
      return firstField(selection.selectionSet, document);
    case Kind.FRAGMENT_SPREAD: {
      const fragment = document.definitions.find(
        (definition): definition is FragmentDefinitionNode =>
          definition.kind === Kind.FRAGMENT_DEFINITION &&
          definition.name.value === selection.name.value,
      );
      return fragment ? firstField(fragment.selectionSet, document) : null;
    }
  }
}
