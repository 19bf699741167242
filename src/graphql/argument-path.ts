import { GraphQLError, Kind, parse, visit, type ASTNode } from "graphql";

type Path = (string | number)[];

/**
 * The argument that a validation or coercion error of GraphQL is about, e.g.
 * `["input", "receipts", 0, "kind"]`; null where it is about something else.
 */
export function argumentPathOf(error: GraphQLError): Path | null {
  const { message } = error;
  const variable =
    /^Variable "\$(\w+)" (?:got invalid value [^]* at "([^"]+)";|got invalid value|of )/.exec(
      message,
    );
  if (variable) {
    const missing = /Field "(\w+)" of required type/.exec(message);
    const unknown = /Field "(\w+)" is not defined by type/.exec(message);
    const path = splitPath(variable[2] ?? variable[1] ?? "");
    const field = missing?.[1] ?? unknown?.[1];
    return field && path.at(-1) !== field ? [...path, field] : path;
  }
  const [node] = error.nodes ?? [];
  if (!node) return null;
  const path = pathTo(node);
  const argument = /[Aa]rgument "(\w+)"/.exec(message)?.[1];
  const inputField = /Field "\w+\.(\w+)" of required type/.exec(message)?.[1];
  const last = inputField ?? argument;
  if (last !== undefined) return path.at(-1) === last ? path : [...path, last];
  return path.length > 0 ? path : null;
}

/** `input.receipts[0].kind` as a path. */
function splitPath(text: string): Path {
  return text
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The arguments and input fields that enclose a node of a document. */
function pathTo(target: ASTNode): Path {
  if (!target.loc) return [];
  const { start, source } = target.loc;
  let found: Path = [];
  const path: Path = [];
  const isTarget = (node: ASTNode) =>
    node.kind === target.kind && node.loc?.start === start;
  visit(parse(source.body, { noLocation: false }), {
    enter(node, key, parent) {
      if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD)
        path.push(node.name.value);
      else if (
        typeof key === "number" &&
        Array.isArray(parent) &&
        "kind" in node &&
        path.length > 0
      )
        path.push(key);
      if (isTarget(node)) found = [...path];
    },
    leave(node, key, parent) {
      if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD)
        path.pop();
      else if (
        typeof key === "number" &&
        Array.isArray(parent) &&
        path.length > 0
      )
        path.pop();
    },
  });
  return found;
}
