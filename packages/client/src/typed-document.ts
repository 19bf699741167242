import type { DocumentNode } from "graphql";

/**
 * A document that knows the shape of its data and variables. It is the type that Apollo Client, urql and
 * codegen use, written out, so that the package depends on none of them.
 */
export interface TypedDocument<Data, Variables> extends DocumentNode {
  readonly __apiType?: (variables: Variables) => Data;
}

/** Makes a document of an operation and its fragments, as codegen reads them from `operations/`. */
export function documentOf<Data, Variables>(
  ...definitions: readonly object[]
): TypedDocument<Data, Variables> {
  return { kind: "Document", definitions } as unknown as TypedDocument<
    Data,
    Variables
  >;
}
