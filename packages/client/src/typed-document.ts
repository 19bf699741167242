import type { DocumentNode } from "graphql";

/**
 * A document that knows the shape of its data and variables. It is the type that Apollo Client, urql and
 * codegen use, written out, so that the package depends on none of them.
 */
export interface TypedDocument<Data, Variables> extends DocumentNode {
  readonly __apiType?: (variables: Variables) => Data;
}

/*
 * The notation of the generated operations: a seventh of the syntax tree's size, and read without a parser.
 * It holds what our operations use; test/client/operations.test.ts fails where an operation needs more.
 */

/** A variable's type, as `Cursor` or `Int!`, and its default value. */
type Declared = readonly [type: string, byDefault?: number | boolean];

/** The value of an argument: the name of a variable, or a number. */
type Arguments = Readonly<Record<string, string | number>>;

/** Fields without a selection, by name, with spaces between them; a field with one; the spread of a fragment. */
type Selected =
  | string
  | readonly [name: string, args: Arguments, ...selected: readonly Selected[]]
  | Fragment;

/** The definition of a fragment, in the form of graphql-js. */
interface Fragment {
  readonly kind: "FragmentDefinition";
  readonly name: object;
  readonly typeCondition: object;
  readonly directives: readonly object[];
  readonly selectionSet: object;
}

/** Makes the definition of a fragment. */
export function fragmentOf(
  name: string,
  type: string,
  ...selected: readonly Selected[]
): Fragment {
  return {
    kind: "FragmentDefinition",
    name: nameOf(name),
    typeCondition: named("NamedType", type),
    directives: [],
    selectionSet: selectionOf(selected),
  };
}

/**
 * Makes a document of one operation and its fragments, in the form of graphql-js.
 * @param selected the root field
 * @param fragments all that the root field needs
 */
export function documentOf<Data, Variables>(
  operation: string,
  name: string,
  variables: Readonly<Record<string, Declared>>,
  selected: Selected,
  ...fragments: readonly Fragment[]
): TypedDocument<Data, Variables> {
  const definition = {
    kind: "OperationDefinition",
    operation,
    name: nameOf(name),
    variableDefinitions: Object.entries(variables).map(
      ([name, [type, byDefault]]) => ({
        kind: "VariableDefinition",
        variable: named("Variable", name),
        type: typeOf(type),
        defaultValue: byDefault === undefined ? undefined : valueOf(byDefault),
        directives: [],
      }),
    ),
    directives: [],
    selectionSet: selectionOf([selected]),
  };
  return {
    kind: "Document",
    definitions: [definition, ...fragments],
  } as unknown as TypedDocument<Data, Variables>;
}

const nameOf = (value: string) => ({ kind: "Name", value });

const named = (kind: string, name: string) => ({ kind, name: nameOf(name) });

const typeOf = (type: string) =>
  type.endsWith("!")
    ? { kind: "NonNullType", type: named("NamedType", type.slice(0, -1)) }
    : named("NamedType", type);

const valueOf = (value: string | number | boolean) =>
  typeof value === "string"
    ? named("Variable", value)
    : typeof value === "number"
      ? { kind: "IntValue", value: String(value) }
      : { kind: "BooleanValue", value };

const selectionOf = (selected: readonly Selected[]): object => ({
  kind: "SelectionSet",
  selections: selected.flatMap((each) => {
    if (typeof each === "string")
      return each.split(" ").map((name) => fieldOf(name));
    if ("kind" in each)
      return { kind: "FragmentSpread", name: each.name, directives: [] };
    const [name, args, ...inner] = each;
    return fieldOf(name, args, selectionOf(inner));
  }),
});

const fieldOf = (
  name: string,
  args: Arguments = {},
  selectionSet?: object,
) => ({
  ...named("Field", name),
  arguments: Object.entries(args).map(([name, value]) => ({
    ...named("Argument", name),
    value: valueOf(value),
  })),
  directives: [],
  selectionSet,
});
