import {
  Kind,
  OperationTypeNode,
  getNamedType,
  isCompositeType,
  isObjectType,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { product, sum, type Figure } from "./cost.js";
import { gateLimits } from "./limits.js";
import { isList, isPaged, listLength, pageSize } from "./page-size.js";
import { lists, prices, statements } from "./prices.js";

/** A limit that an operation passes; the message is for its client. */
export class TooMuch extends Error {}

/**
 * Works out what an operation costs with its variables, and checks its shape on the way. Fields are
 * gathered as the executor gathers them: fragments at each place that spreads them, one field for each
 * name of an answer.
 * @throws {TooMuch} for levels, fields and root fields past their limits
 */
export function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Figure {
  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error("a valid operation has a root type");
  const planner = new Planner(document);
  const root = planner.gather(type, [operation.selectionSet]);
  checkRoot(operation.operation, root.size);
  return planner.costOf(type, root, 1, null);
}

function checkRoot(kind: OperationTypeNode, fields: number): void {
  const { rootMutations, rootQueries } = gateLimits;
  const [most, name] =
    kind === OperationTypeNode.MUTATION
      ? [rootMutations, "mutation"]
      : [rootQueries, "query"];
  if (fields > most)
    throw new TooMuch(`A ${name} may select ${most} fields at its root.`);
}

/** The nodes of each field of an answer, by the field's name there. */
type Gathered = ReadonlyMap<string, readonly FieldNode[]>;

class Planner {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private fields = 0;

  constructor({ definitions }: DocumentNode) {
    this.fragments = new Map(
      definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION
          ? [[definition.name.value, definition] as const]
          : [],
      ),
    );
  }

  /** Gathers the fields of selections of one object. */
  gather(
    type: GraphQLCompositeType,
    selectionSets: readonly SelectionSetNode[],
  ): Gathered {
    const gathered = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const take = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections)
        switch (selection.kind) {
          case Kind.FIELD: {
            const key = (selection.alias ?? selection.name).value;
            const nodes = gathered.get(key);
            if (nodes) nodes.push(selection);
            else gathered.set(key, [selection]);
            this.count();
            break;
          }
          case Kind.INLINE_FRAGMENT:
            take(selection.selectionSet);
            break;
          case Kind.FRAGMENT_SPREAD: {
            const name = selection.name.value;
            const fragment = this.fragments.get(name);
            if (spread.has(name) || !fragment) break;
            spread.add(name);
            take(fragment.selectionSet);
          }
        }
    };
    for (const selectionSet of selectionSets) take(selectionSet);
    return gathered;
  }

  /**
   * The cost of the gathered fields of one object.
   * @param page the length of the page that the object is; null for any other object
   */
  costOf(
    type: GraphQLCompositeType,
    gathered: Gathered,
    depth: number,
    page: Figure | null,
  ): Figure {
    if (depth > gateLimits.depth)
      throw new TooMuch(
        `The document is deeper than ${gateLimits.depth} levels of fields.`,
      );
    return sum(
      [...gathered.values()].map((nodes) =>
        this.costOfField(type, nodes, depth, page),
      ),
    );
  }

  private costOfField(
    parent: GraphQLCompositeType,
    nodes: readonly FieldNode[],
    depth: number,
    page: Figure | null,
  ): Figure {
    const [node] = nodes;
    const name = node?.name.value ?? "";
    if (name === "__schema" || name === "__type") return prices.introspection;
    const field = isObjectType(parent) ? parent.getFields()[name] : undefined;
    if (!node || !field) return prices.field;
    const type = getNamedType(field.type);
    const paged = isPaged(field) ? pageSize(node, field) : null;
    const own = sum([
      prices.field,
      statements[parent.name]?.includes(name) ? prices.statement : 0,
      type.name === "Cursor" ? prices.cursor : 0,
      paged === null ? 0 : product(prices.row, paged),
    ]);
    if (!isCompositeType(type)) return own;
    const isLong = isList(field.type);
    const below = this.costOf(
      type,
      this.gather(
        type,
        nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
      ),
      depth + 1,
      isLong ? null : paged,
    );
    return sum([
      own,
      isLong
        ? product(paged ?? page ?? this.lengthOf(parent, name, node), below)
        : below,
    ]);
  }

  private lengthOf(
    parent: GraphQLCompositeType,
    name: string,
    node: FieldNode,
  ): Figure {
    const length = lists[`${parent.name}.${name}`] ?? 1;
    return typeof length === "number"
      ? length
      : listLength(node, length.asLongAs);
  }

  private count(): void {
    if (++this.fields > gateLimits.fields)
      throw new TooMuch(
        `The document selects more than ${gateLimits.fields} fields, its fragments at every place.`,
      );
  }
}
