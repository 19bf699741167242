import {
  Kind,
  type FragmentDefinitionNode,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { ErrorCode } from "../foundation/errors.js";
import { codeOf } from "./client-error.js";

/** The way on which an operation came. */
export type Transport = "http" | "socket";

/** How an operation ended: the code of its first error, or `OK`. */
export type OperationOutcome = ErrorCode | "OK";

/** Told of each operation that a client sends. */
export interface OperationObserver {
  /**
   * @param operation made by {@link operationLabel}
   * @param ms until its answer was ready; until a subscription was open
   */
  onOperation(
    operation: string,
    transport: Transport,
    outcome: OperationOutcome,
    ms: number,
  ): void;
}

/** The label of an operation that was not found out, and of one with several root fields or none of ours. */
export const otherOperation = "other";

const labels = new WeakMap<OperationDefinitionNode, string>();

/**
 * The name of a valid operation's one root field, which is a name of our schema. Names that clients give
 * to operations and fields do not count: there is no end to them.
 */
export function operationLabel(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): string {
  const known = labels.get(operation);
  if (known !== undefined) return known;
  const fields = rootFields(operation.selectionSet, document);
  const [only] = fields;
  const label =
    fields.size === 1 && only !== undefined && !only.startsWith("__")
      ? only
      : otherOperation;
  labels.set(operation, label);
  return label;
}

/** The outcome of a result with these errors. */
export function outcomeOf(
  errors: readonly unknown[] | undefined,
): OperationOutcome {
  return errors === undefined || errors.length === 0 ? "OK" : codeOf(errors[0]);
}

function rootFields(
  { selections }: SelectionSetNode,
  document: DocumentNode,
): ReadonlySet<string> {
  return new Set(
    selections.flatMap((selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return [selection.name.value];
        case Kind.INLINE_FRAGMENT:
          return [...rootFields(selection.selectionSet, document)];
        case Kind.FRAGMENT_SPREAD: {
          const fragment = document.definitions.find(
            (definition): definition is FragmentDefinitionNode =>
              definition.kind === Kind.FRAGMENT_DEFINITION &&
              definition.name.value === selection.name.value,
          );
          return fragment
            ? [...rootFields(fragment.selectionSet, document)]
            : [];
        }
      }
    }),
  );
}
