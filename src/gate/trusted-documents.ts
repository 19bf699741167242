import { createHash } from "node:crypto";
import type { GraphQLSchema } from "graphql";
import { createExaminer } from "./examine.js";
import type { KnownDocument } from "./known-document.js";

/** Documents that clients ask for by id. */
export interface TrustedDocuments {
  /** The document of an id; null for an id that is not in the manifest. */
  byId(id: string): KnownDocument | null;
  /** Whether a text is, letter by letter, that of a trusted document. */
  hasText(text: string): boolean;
}

/** Trusted documents that cannot be run: each by its id, with its first error. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** An id may say what it is: `sha256:` and the hash, as GraphQL over HTTP has it. */
const hashPrefix = "sha256:";

/**
 * Examines the documents of a manifest once. They are kept for as long as the node runs, and no other
 * document can take their place.
 * @param manifest the texts of documents by their ids
 * @throws {ManifestError} where documents do not pass
 */
export function createTrustedDocuments(
  schema: GraphQLSchema,
  manifest: ReadonlyMap<string, string>,
): TrustedDocuments {
  const examine = createExaminer(schema, { introspection: false });
  const byId = new Map<string, KnownDocument>();
  const texts = new Set<string>();
  const problems: string[] = [];
  for (const [id, text] of manifest) {
    const examined = examine(text);
    if ("known" in examined) {
      byId.set(id, examined.known);
      texts.add(hashOf(text));
    } else problems.push(`${id}: ${examined.errors[0]?.message ?? ""}`);
  }
  if (problems.length > 0) throw new ManifestError(problems);
  return {
    byId: (id) =>
      byId.get(id) ??
      (id.startsWith(hashPrefix)
        ? (byId.get(id.slice(hashPrefix.length)) ?? null)
        : null),
    hasText: (text) => texts.has(hashOf(text)),
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
