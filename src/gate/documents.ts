import { createHash } from "node:crypto";
import type { GraphQLFormattedError, GraphQLSchema } from "graphql";
import { LRUCache } from "lru-cache";
import { createExaminer, type Examined } from "./examine.js";
import type { KnownDocument } from "./known-document.js";
import { gateLimits } from "./limits.js";
import { wrong } from "./refusal.js";

/** What a text was found to be. */
export type Found =
  KnownDocument | { readonly errors: readonly GraphQLFormattedError[] };

/** A text that is too long is neither hashed nor kept. */
const tooLong: Found = {
  errors: [
    wrong(
      `The document is longer than ${gateLimits.documentCharacters} characters.`,
    ),
  ],
};

/** What a document takes in memory beside its text, for each of its tokens: measured, and rounded up. */
const bytesPerToken = 600;
/** What an entry takes beside what it holds. */
const entryBytes = 1_024;

/**
 * Remembers what texts were found to be: clients send the same few documents over and over. Each
 * document is parsed and validated once. The bytes are bounded, and those of refused texts have a
 * bound of their own: however much junk comes, it throws out junk alone.
 */
export function createDocumentCache(
  schema: GraphQLSchema,
  {
    introspection = true,
    documentBytes = gateLimits.documentBytes,
    refusedBytes = gateLimits.refusedBytes,
  } = {},
) {
  const examine = createExaminer(schema, { introspection });
  const good = new LRUCache<string, KnownDocument>({ maxSize: documentBytes });
  // By hash: a refused text is not kept.
  const refused = new LRUCache<string, Extract<Found, { errors: unknown }>>({
    maxSize: refusedBytes,
  });
  let examined = 0;

  function keep(text: string, hash: string, found: Examined): Found {
    if ("known" in found) {
      const size = entryBytes + 2 * text.length + bytesPerToken * found.tokens;
      good.set(text, found.known, { size });
      return found.known;
    }
    const size = entryBytes + 2 * JSON.stringify(found.errors).length;
    refused.set(hash, found, { size });
    return found;
  }

  return {
    /** The document of a text, or its errors, ready to be sent. */
    get(text: string): Found {
      if (text.length > gateLimits.documentCharacters) return tooLong;
      const known = good.get(text);
      if (known) return known;
      const hash = createHash("sha256").update(text).digest("base64");
      const errors = refused.get(hash);
      if (errors) return errors;
      examined++;
      return keep(text, hash, examine(text));
    },
    /** How much is held, in documents and bytes as they are counted, and how often a text was examined. */
    get held() {
      return {
        documents: good.size,
        documentBytes: good.calculatedSize,
        refused: refused.size,
        refusedBytes: refused.calculatedSize,
        examined,
      };
    },
  };
}
