// A plugin of GraphQL Code Generator: a typed document for each operation, in the notation of
// packages/client/src/typed-document.ts. Documents share the definitions of their fragments, and a bundler drops the
// documents that an app does not import.
import { concatAST, Kind, print, separateOperations } from "graphql";

export function plugin(_schema, documents) {
  const all = concatAST(documents.map(({ document }) => document));
  const fragments = all.definitions
    .filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
    .map(
      ({ name, typeCondition, selectionSet }) =>
        `const ${name.value} = /* @__PURE__ */ fragmentOf(${[
          JSON.stringify(name.value),
          JSON.stringify(typeCondition.name.value),
          ...selected(selectionSet),
        ].join()});`,
    );
  const operations = Object.entries(separateOperations(all)).map(
    ([name, { definitions }]) => {
      const operation = definitions.find(
        ({ kind }) => kind === Kind.OPERATION_DEFINITION,
      );
      const others = definitions.filter((each) => each !== operation);
      const kind = operation.operation.replace(/^./, (c) => c.toUpperCase());
      return `export const ${name}Document = /* @__PURE__ */ documentOf<${name}${kind}, ${name}${kind}Variables>(${[
        JSON.stringify(operation.operation),
        JSON.stringify(name),
        JSON.stringify(declared(operation.variableDefinitions)),
        ...selected(operation.selectionSet),
        ...others.map(({ name }) => name.value),
      ].join()});`;
    },
  );
  return {
    prepend: ['import { documentOf, fragmentOf } from "../typed-document.js";'],
    content: [...fragments, ...operations].join("\n"),
  };
}

/** The variables of an operation, by name: the type, and the default value where there is one. */
const declared = (definitions) =>
  Object.fromEntries(
    definitions.map(({ variable, type, defaultValue }) => [
      variable.name.value,
      [print(type), ...(defaultValue ? [JSON.parse(print(defaultValue))] : [])],
    ]),
  );

/** The parts of a selection; leaves that stand side by side are one text. */
function selected({ selections }) {
  const parts = [];
  let leaves = [];
  const endLeaves = () => {
    if (leaves.length > 0) parts.push(JSON.stringify(leaves.join(" ")));
    leaves = [];
  };
  for (const selection of selections) {
    const { kind, name, selectionSet } = selection;
    if (kind === Kind.FIELD && !selectionSet) leaves.push(name.value);
    else {
      endLeaves();
      parts.push(
        kind === Kind.FRAGMENT_SPREAD
          ? name.value
          : `[${[
              JSON.stringify(name.value),
              JSON.stringify(given(selection.arguments)),
              ...selected(selectionSet),
            ].join()}]`,
      );
    }
  }
  endLeaves();
  return parts;
}

/** The arguments of a field, by name: a variable's name, or a number. */
const given = (args) =>
  Object.fromEntries(
    args.map(({ name, value }) => [
      name.value,
      value.kind === Kind.VARIABLE
        ? value.name.value
        : JSON.parse(print(value)),
    ]),
  );
