// A plugin of GraphQL Code Generator: a typed document for each operation. Documents share the definitions of
// their fragments, and a bundler drops the documents that an app does not import.
import { concatAST, separateOperations } from "graphql";

/** A definition as a literal, without its places in the source. */
const literal = (definition) =>
  JSON.stringify(definition, (key, value) =>
    key === "loc" ? undefined : value,
  );

export function plugin(_schema, documents) {
  const all = concatAST(documents.map(({ document }) => document));
  const fragments = all.definitions
    .filter(({ kind }) => kind === "FragmentDefinition")
    .map((definition) => {
      return `const ${definition.name.value} = ${literal(definition)};`;
    });
  const operations = Object.entries(separateOperations(all)).map(
    ([name, { definitions }]) => {
      const operation = definitions.find(
        ({ kind }) => kind === "OperationDefinition",
      );
      const others = definitions.filter((each) => each !== operation);
      const kind = operation.operation.replace(/^./, (c) => c.toUpperCase());
      return (
        `export const ${name}Document = /* @__PURE__ */ documentOf<${name}${kind}, ${name}${kind}Variables>(` +
        [literal(operation), ...others.map(({ name }) => name.value)].join() +
        ");"
      );
    },
  );
  return {
    prepend: ['import { documentOf } from "../typed-document.js";'],
    content: [...fragments, ...operations].join("\n"),
  };
}
