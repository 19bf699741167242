import { GraphQLError, Lexer, Source, TokenKind } from "graphql";
import { gateLimits } from "./limits.js";

/** How large a document is, found out without parsing it. */
export interface Scanned {
  readonly source: Source;
  readonly tokens: number;
}

/**
 * Reads the tokens of a document, and stops at the first that is too much. Work and memory follow the
 * limits and not the document. Parsing recurses with the nesting, and would end in a RangeError.
 * @throws {GraphQLError} where a limit is passed, or where a token is none of GraphQL
 */
export function scan(text: string): Scanned {
  const { directives, nesting, nameCharacters } = gateLimits;
  const source = new Source(text);
  const lexer = new Lexer(source);
  let tokens = 0;
  let level = 0;
  let uses = 0;
  for (;;) {
    const { kind, start, end } = lexer.advance();
    if (kind === TokenKind.EOF) return { source, tokens };
    if (++tokens > gateLimits.tokens)
      throw new GraphQLError(
        `The document has more than ${gateLimits.tokens} tokens.`,
      );
    switch (kind) {
      case TokenKind.BRACE_L:
      case TokenKind.BRACKET_L:
      case TokenKind.PAREN_L:
        if (++level > nesting)
          throw new GraphQLError(
            `The document nests deeper than ${nesting} levels.`,
          );
        break;
      case TokenKind.BRACE_R:
      case TokenKind.BRACKET_R:
      case TokenKind.PAREN_R:
        level--;
        break;
      case TokenKind.AT:
        if (++uses > directives)
          throw new GraphQLError(
            `The document uses more than ${directives} directives.`,
          );
        break;
      case TokenKind.NAME:
        if (end - start > nameCharacters)
          throw new GraphQLError(
            `The document has a name of more than ${nameCharacters} characters.`,
          );
        break;
      default:
    }
  }
}
