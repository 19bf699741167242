import {
  Kind,
  visit,
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
} from "graphql";
import type { ArgumentPath } from "./refusal.js";

type Path = (string | number)[];

/**
 * The paths of the arguments that errors of validation name, e.g. `["input", "receipts", 0, "kind"]`;
 * null for an error that names no argument. Errors carry their nodes, so one walk of the parsed
 * document finds them all.
 */
export function argumentPathsOf(
  document: DocumentNode,
  errors: readonly GraphQLError[],
): (ArgumentPath | null)[] {
  const wanted = new Set(errors.flatMap(({ nodes }) => nodes?.[0] ?? []));
  const found = new Map<ASTNode, Path>();
  walk(document, (node, path) => {
    if (wanted.has(node)) found.set(node, [...path]);
  });
  return errors.map((error) => {
    const [node] = error.nodes ?? [];
    const path = (node && found.get(node)) ?? [];
    const last = lastStepOf(error);
    if (last !== null && path.at(-1) !== last) path.push(last);
    return path.length > 0 ? path : null;
  });
}

/** The paths of the arguments that take a document's variables, by the name of the variable. */
export function variableUses(
  document: DocumentNode,
): ReadonlyMap<string, ArgumentPath> {
  const uses = new Map<string, ArgumentPath>();
  walk(document, (node, path, parent) => {
    if (
      node.kind === Kind.VARIABLE &&
      parent?.kind !== Kind.VARIABLE_DEFINITION &&
      !uses.has(node.name.value) &&
      path.length > 0
    )
      uses.set(node.name.value, [...path]);
  });
  return uses;
}

/** The argument or input field that an error's message names. Messages of graphql-js begin with it. */
export function lastStepOf({ message }: GraphQLError): string | null {
  const start = message.slice(0, 300);
  return (
    /Field "\w+\.(\w+)" of required type/.exec(start)?.[1] ??
    /[Aa]rgument "(\w+)"/.exec(start)?.[1] ??
    null
  );
}

/** Visits the nodes of a document, each with the arguments, input fields and list items that enclose it. */
function walk(
  document: DocumentNode,
  onNode: (node: ASTNode, path: Path, parent: ASTNode | null) => void,
): void {
  const path: Path = [];
  const enclosing: ASTNode[] = [];
  visit(document, {
    enter(node, key) {
      const parent = enclosing.at(-1) ?? null;
      const step = stepOf(node, key, parent);
      if (step !== null) path.push(step);
      onNode(node, path, parent);
      enclosing.push(node);
    },
    leave(node, key) {
      enclosing.pop();
      if (stepOf(node, key, enclosing.at(-1) ?? null) !== null) path.pop();
    },
  });
}

function stepOf(
  node: ASTNode,
  key: string | number | undefined,
  parent: ASTNode | null,
): string | number | null {
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD)
    return node.name.value;
  return parent?.kind === Kind.LIST && typeof key === "number" ? key : null;
}
