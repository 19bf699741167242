import { GraphQLError, Kind, parse, visit, type ASTNode } from "graphql";

type Path = (string | number)[];

/**
 * The path of the argument that a validation or coercion error of GraphQL names, e.g.
 * `["input", "receipts", 0, "kind"]`; null where the error names no argument.
 */
export function argumentPathOf(error: GraphQLError): Path | null {
  const { message } = error;
  const variable =
    /^Variable "\$(\w+)" (?:got invalid value [^]* at "([^"]+)";|got invalid value|of )/.exec(
      message,
    );
  if (variable) {
    const [, name = "", at = name] = variable;
    const field =
      /Field "(\w+)" (?:of required type|is not defined by type)/.exec(
        message,
      )?.[1];
    const [, ...within] = splitPath(at);
    const path = [...usageOf(name, error), ...within];
    return field === undefined || path.at(-1) === field
      ? path
      : [...path, field];
  }
  const [node] = error.nodes ?? [];
  if (!node) return null;
  const { start, source } = node.loc ?? {};
  const path =
    (source &&
      pathTo(
        source.body,
        (other) => other.kind === node.kind && other.loc?.start === start,
      )) ??
    [];
  const argument = /[Aa]rgument "(\w+)"/.exec(message)?.[1];
  const inputField = /Field "\w+\.(\w+)" of required type/.exec(message)?.[1];
  const last = inputField ?? argument;
  if (last !== undefined) return path.at(-1) === last ? path : [...path, last];
  return path.length > 0 ? path : null;
}

/** Splits text such as `input.receipts[0].kind` into a path. */
function splitPath(text: string): Path {
  return text
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The path of the argument that takes a variable; the variable's name where no argument is found. */
function usageOf(name: string, { nodes }: GraphQLError): Path {
  const source = nodes?.[0]?.loc?.source.body;
  const found =
    source === undefined
      ? null
      : pathTo(
          source,
          (node, parent) =>
            node.kind === Kind.VARIABLE &&
            node.name.value === name &&
            parent?.kind !== Kind.VARIABLE_DEFINITION,
        );
  return found && found.length > 0 ? found : [name];
}

/** The arguments, input fields and list items that enclose the first target of a document; null without one. */
function pathTo(
  source: string,
  isTarget: (node: ASTNode, parent: ASTNode | null) => boolean,
): Path | null {
  const path: Path = [];
  let found: Path | null = null;
  const enclosing: ASTNode[] = [];
  visit(parse(source), {
    enter(node, key) {
      const step = stepOf(node, key, enclosing.at(-1));
      if (step !== null) path.push(step);
      if (isTarget(node, enclosing.at(-1) ?? null)) found ??= [...path];
      enclosing.push(node);
    },
    leave(node, key) {
      enclosing.pop();
      if (stepOf(node, key, enclosing.at(-1)) !== null) path.pop();
    },
  });
  return found;
}

function stepOf(
  node: ASTNode,
  key: string | number | undefined,
  parent: ASTNode | undefined,
): string | number | null {
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD)
    return node.name.value;
  return parent?.kind === Kind.LIST && typeof key === "number" ? key : null;
}
