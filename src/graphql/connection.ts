/** A node and its place. The cursor is sealed when it is asked for: that costs more than all else of a small node. */
class Edge<Node> {
  readonly node: Node;
  private readonly cursorOf: (node: Node) => string;
  private sealed: string | null = null;

  constructor(node: Node, cursorOf: (node: Node) => string) {
    this.node = node;
    this.cursorOf = cursorOf;
  }

  get cursor(): string {
    return (this.sealed ??= this.cursorOf(this.node));
  }
}

/** A page of a list, as Relay's specification of cursor connections defines it. */
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

/** Makes a page of its nodes. */
export function connection<Node>(
  nodes: readonly Node[],
  cursorOf: (node: Node) => string,
  {
    hasNextPage,
    hasPreviousPage,
  }: { hasNextPage: boolean; hasPreviousPage: boolean },
): Connection<Node> {
  const edges = nodes.map((node) => new Edge(node, cursorOf));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** Makes a page of at most `limit` nodes from `limit + 1` rows: the extra row tells of a next page. */
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
