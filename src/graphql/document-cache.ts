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

/** What of a document does not change from one operation to the next. */
export interface KnownDocument {
  readonly text: string;
  readonly document: DocumentNode;
  /** Whether it selects a field whose value depends on who asks. */
  readonly isPerViewer: boolean;
  /** The variables that are used elsewhere than in the arguments of a root field. */
  readonly resultVariables: readonly string[];
  /** The fields that say how many they want, by the operation's name; "" for one without. */
  readonly counted: ReadonlyMap<string, readonly CountedField[]>;
}

/** A field with `first` or `last`. */
export interface CountedField {
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown>;
}

/** Parses and validates documents, each once: a client sends the same few again and again. */
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
      document = parse(query, { maxTokens: 10_000 });
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
    /** The document, or what is wrong with it. */
    get(query: string): KnownDocument | readonly GraphQLError[] {
      const found = known.get(query);
      if (found) return found;
      const examined = examine(query);
      if (known.size >= maxDocuments) known.delete([...known.keys()][0] ?? "");
      if (query.length <= 20_000) known.set(query, examined);
      return examined;
    },
  };
}

export type DocumentCache = ReturnType<typeof createDocumentCache>;

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
