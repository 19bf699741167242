/**
 * The bounds of the gate. Every document of the guides, the client library and the explorer is far
 * below each of them: the longest has 183 tokens.
 */
export const gateLimits = {
  /** The longest text of a document, in UTF-16 code units. */
  documentCharacters: 65_536,
  /** The most tokens of a document, comments not counted. */
  tokens: 1_000,
  /** How deep braces, brackets and parentheses may nest. Parsing recurses as deep as they do. */
  nesting: 40,
  /** The longest name. An alias comes back with each object of an answer, and in the path of each error. */
  nameCharacters: 100,
  /** Uses of directives such as `@include` in a document. */
  directives: 50,
  /** Aliases in a document. */
  aliases: 100,
  /** Levels of fields in an operation, fragments included. `conversations { nodes { id } }` has three. */
  depth: 15,
  /** Fields in an operation where each fragment stands at every place that spreads it. */
  fields: 1_000,
  /** Fields that a query may select at its root. */
  rootQueries: 20,
  /** Fields that a mutation may select at its root. `syncReceipts` takes 500 marks in one of them. */
  rootMutations: 10,
  /** What an operation, or one event of a subscription, may cost. `cost.ts` says what costs what. */
  cost: 100_000,
  /** What a mutation may cost without that it is charged to the user. */
  mutationCost: 1_000,
  /** Errors in an answer that the gate gives. */
  errors: 5,
  /** The longest message of an error, in UTF-16 code units. */
  messageCharacters: 300,
  /** The longest variables of a subscription, as JSON: they are kept for as long as it runs. */
  subscriptionVariables: 4_096,
  /** Bytes of documents that passed. */
  documentBytes: 64 * 1_024 * 1_024,
  /** Bytes of what is known of documents that did not pass: they take no room from good documents. */
  refusedBytes: 2 * 1_024 * 1_024,
} as const;
