/** A page of a list, as Relay's connections have it. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Makes a page of nodes. */
export function connection<Node>(
  nodes: readonly Node[],
  cursorOf: (node: Node) => string,
  {
    hasNextPage,
    hasPreviousPage,
  }: { hasNextPage: boolean; hasPreviousPage: boolean },
): Connection<Node> {
  const edges = nodes.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** A page read one node too far, to know whether there is a next one. */
export function forwardConnection<Node>(
  rows: readonly Node[],
  limit: number,
  cursorOf: (node: Node) => string,
  hasPreviousPage: boolean,
): Connection<Node> {
  return connection(rows.slice(0, limit), cursorOf, {
    hasNextPage: rows.length > limit,
    hasPreviousPage,
  });
}

/** Whether an optional argument was given: neither absent nor null. */
export function isGiven<T>(argument: T | null | undefined): argument is T {
  return argument !== null && argument !== undefined;
}
