import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { gateLimits } from "./limits.js";

/** Why an operation may not pass, in the form that clients see. */
export interface Refusal {
  readonly errors: readonly GraphQLFormattedError[];
  /** The cost of the operation, where it came so far; null before. */
  readonly cost: number | null;
}

/** The path of a wrong argument, e.g. `["input", "receipts", 0, "kind"]`. */
export type ArgumentPath = readonly (string | number)[];

/** The error for a wrong document or variable (R28). */
export function wrong(
  message: string,
  argumentPath: ArgumentPath | null = null,
  details: Readonly<Record<string, unknown>> = {},
): GraphQLFormattedError {
  return {
    message: cut(message),
    extensions: {
      code: "BAD_USER_INPUT",
      ...(argumentPath && { argumentPath }),
      ...details,
    },
  };
}

/** A refusal with one error. */
export function refusal(
  error: GraphQLFormattedError,
  cost: number | null = null,
): Refusal {
  return { errors: [error], cost };
}

/** A text of at most `gateLimits.messageCharacters`. */
export function cut(text: string): string {
  const { messageCharacters } = gateLimits;
  return text.length <= messageCharacters
    ? text
    : `${text.slice(0, messageCharacters - 1).toWellFormed()}…`;
}

/** An error of the gate where a library wants an instance of GraphQLError. Clients see `formatted`. */
export class RefusedError extends GraphQLError {
  readonly formatted: GraphQLFormattedError;

  constructor(error: GraphQLFormattedError) {
    super(error.message, { extensions: error.extensions ?? {} });
    this.formatted = error;
  }
}
