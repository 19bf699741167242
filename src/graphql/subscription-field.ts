import {
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** The payload of a `subscribe` message. */
export interface SubscribePayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/**
 * Finds the field that a subscription selects, with its arguments.
 * @throws {GraphQLError} where there is no such subscription, or a variable is wrong
 */
export function rootField(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: SubscribePayload,
): {
  name: string;
  args: Record<string, unknown>;
  variables: Record<string, unknown>;
  operationName: string;
} {
  const operation = getOperationAST(document, operationName);
  const type = schema.getSubscriptionType();
  const field = operation && firstField(operation.selectionSet, document);
  const definition = field && type?.getFields()[field.name.value];
  if (!operation || !definition)
    throw new GraphQLError("There is no such subscription.");
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables ?? {},
  );
  if (errors) throw errors[0] ?? new GraphQLError("A variable is wrong.");
  return {
    name: definition.name,
    args: getArgumentValues(definition, field, coerced),
    variables: coerced,
    operationName: operation.name?.value ?? "",
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
