import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  Token,
  TokenKind,
  parse,
  specifiedRules,
  validate,
  visit,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from "graphql";
import { argumentPathsOf } from "./argument-path.js";
import { learn, type KnownDocument } from "./known-document.js";
import { gateLimits } from "./limits.js";
import { messageOf } from "./message.js";
import { TooMuch } from "./plan.js";
import { wrong } from "./refusal.js";
import { scan } from "./scan.js";

/** What a text is found to be: a document that may be executed, or its errors. */
export type Examined =
  | { readonly known: KnownDocument; readonly tokens: number }
  | { readonly errors: readonly GraphQLFormattedError[] };

/**
 * Examines texts of documents, each step only where the one before it passed: tokens,
 * grammar, validation, shape. The errors of a text are ready to be sent, and hold nothing of its tree.
 */
export function createExaminer(
  schema: GraphQLSchema,
  { introspection }: { readonly introspection: boolean },
): (text: string) => Examined {
  const rules = introspection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const options = {
    maxErrors: gateLimits.errors,
    hideSuggestions: !introspection,
  };

  return (text) => {
    try {
      const { source, tokens } = scan(text);
      const document = parse(source);
      const aliases = countAliases(document);
      if (aliases > gateLimits.aliases)
        throw new TooMuch(
          `The document has more than ${gateLimits.aliases} aliases.`,
        );
      const errors = validate(schema, document, rules, options);
      if (errors.length > 0) return { errors: shown(document, errors) };
      forgetTokens(document);
      return { known: learn(schema, text, document), tokens };
    } catch (error) {
      return { errors: [thrown(error)] };
    }
  };
}

/** Whatever parsing and validation throw, the document is wrong: nothing else was at work. */
function thrown(error: unknown): GraphQLFormattedError {
  if (error instanceof TooMuch) return wrong(error.message);
  if (!(error instanceof GraphQLError))
    return wrong("The document is not valid.");
  return located(error, wrong(messageOf(error, null)));
}

/** The last error may say that there are more: it is left out, there are errors enough. */
function shown(
  document: DocumentNode,
  all: readonly GraphQLError[],
): GraphQLFormattedError[] {
  const errors = all.slice(0, gateLimits.errors);
  const paths = argumentPathsOf(document, errors);
  return errors.map((error, i) => {
    const path = paths[i] ?? null;
    return located(error, wrong(messageOf(error, path), path));
  });
}

function located(
  { locations }: GraphQLError,
  error: GraphQLFormattedError,
): GraphQLFormattedError {
  return locations
    ? { ...error, locations: locations.slice(0, gateLimits.errors) }
    : error;
}

function countAliases(document: DocumentNode): number {
  let aliases = 0;
  visit(document, {
    Field({ alias }) {
      if (alias) aliases++;
    },
  });
  return aliases;
}

const noToken = new Token(TokenKind.SOF, 0, 0, 0, 0);

/**
 * Each node of a document refers to its tokens, and each token to the next. Errors of resolvers need
 * the places of nodes, and nothing needs the tokens: without them a document takes half the memory.
 */
function forgetTokens(document: DocumentNode): void {
  visit(document, {
    enter({ loc }) {
      if (loc) Object.assign(loc, { startToken: noToken, endToken: noToken });
    },
  });
}
