import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  TypeInfo,
  parse,
  separateOperations,
  specifiedRules,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
} from "graphql";

/** A valid document, with everything about it that is the same for each of its operations. */
export interface KnownDocument {
  readonly text: string;
  readonly document: DocumentNode;
  /** Whether the document selects a `@perViewer` field: a field whose value depends on the viewer. */
  readonly isPerViewer: boolean;
  /** The variables that a result depends on: those used outside the arguments of a subscription's field. */
  readonly resultVariables: readonly string[];
  /** The fields with `first` or `last`, by the name of their operation; `""` for no name. */
  readonly counted: ReadonlyMap<string, readonly CountedField[]>;
}

/** A field with `first` or `last`, and its definition in the schema. */
export interface CountedField {
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown>;
}

/** The longest text that the cache keeps, in UTF-16 code units. */
const maxKeptLength = 20_000;

/** The longest document that is parsed, in tokens. */
const maxTokens = 10_000;

/**
 * Makes a cache that parses and validates each document once: clients send the same few documents
 * over and over. A full cache forgets its oldest document.
 */
export function createDocumentCache(
  schema: GraphQLSchema,
  { introspection = true, maxDocuments = 1_000 } = {},
) {
  const rules = introspection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const known = new Map<string, KnownDocument | readonly GraphQLError[]>();

  function examine(query: string): KnownDocument | readonly GraphQLError[] {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens });
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
    const errors = validate(schema, document, rules);
    return errors.length > 0
      ? errors
      : { text: query, document, ...dependencies(schema, document) };
  }

  return {
    /** The document of a text, or the errors of the text. */
    get(query: string): KnownDocument | readonly GraphQLError[] {
      const found = known.get(query);
      if (found) return found;
      const examined = examine(query);
      if (known.size >= maxDocuments)
        known.delete(known.keys().next().value ?? "");
      if (query.length <= maxKeptLength) known.set(query, examined);
      return examined;
    },
  };
}

/** The documents that a node has parsed and validated. */
export type DocumentCache = ReturnType<typeof createDocumentCache>;

/** Finds the parts of a valid document that its results and its limits depend on. */
function dependencies(schema: GraphQLSchema, document: DocumentNode) {
  const types = new TypeInfo(schema);
  let isPerViewer = false;
  const resultVariables = new Set<string>();
  const rootArguments = new Set<unknown>();
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node: FieldNode) {
        const field = types.getFieldDef();
        isPerViewer ||=
          field?.astNode?.directives?.some(
            ({ name }) => name.value === "perViewer",
          ) ?? false;
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
    isPerViewer,
    resultVariables: [...resultVariables].sort(),
    counted: new Map(
      Object.entries(separateOperations(document)).map(([name, operation]) => [
        name,
        countedFields(schema, operation),
      ]),
    ),
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
        const isCounted = definition?.args.some(
          ({ name }) => name === "first" || name === "last",
        );
        if (definition && isCounted) counted.push({ node, definition });
      },
    }),
  );
  return counted;
}
