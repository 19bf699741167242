// A plugin of GraphQL Code Generator: a manifest of the operations, each with its fragments, by the
// SHA-256 of its text. TRUSTED_DOCUMENTS takes it.
import { createHash } from "node:crypto";
import { concatAST, print, separateOperations } from "graphql";

export function plugin(_schema, documents) {
  const all = concatAST(documents.map(({ document }) => document));
  const texts = Object.values(separateOperations(all)).map(print);
  const byHash = texts.map((text) => [
    createHash("sha256").update(text).digest("hex"),
    text,
  ]);
  return JSON.stringify(Object.fromEntries(byHash.sort()), null, 2);
}
