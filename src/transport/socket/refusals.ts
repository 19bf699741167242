import { GraphQLError, OperationTypeNode } from "graphql";
import { AppError } from "../../foundation/errors.js";
import type { Connection, Counted } from "./connection.js";
import { retryAfterMs, socketLimits } from "./limits.js";

/** Which of a socket's counts an operation belongs to. */
export function countedAs(type: OperationTypeNode): Counted {
  switch (type) {
    case OperationTypeNode.SUBSCRIPTION:
      return "subscriptions";
    case OperationTypeNode.QUERY:
    case OperationTypeNode.MUTATION:
      return "operations";
  }
}

/** An error as graphql-ws takes it. */
export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError =
    error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

/** The refusal of an operation past a socket's limit. */
export function tooMany(counted: Counted): AppError {
  return new AppError("RATE_LIMITED", `Too many ${counted} on this socket.`, {
    retryAfterMs,
  });
}

/** Whether the message that is being read is longer than one that begins a subscription may be. */
export function isTooLong({ messageBytes }: Connection): boolean {
  return messageBytes > socketLimits.subscriptionMessageBytes;
}

/** The refusal of a subscription whose message is longer than a socket keeps. */
export function tooLong(): GraphQLError {
  return asGraphQLError(
    new AppError(
      "BAD_USER_INPUT",
      `The message of a subscription may have ${socketLimits.subscriptionMessageBytes} bytes.`,
    ),
  );
}
