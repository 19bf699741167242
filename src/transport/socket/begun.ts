import type { GraphQLError } from "graphql";
import { inSpan, type RunningSpan } from "../../foundation/tracer.js";
import {
  outcomeOf,
  type OperationObserver,
} from "../../graphql/operation-observer.js";
import { asGraphQLError } from "./refusals.js";

/** An operation that has begun. */
export interface Begun {
  /** What the operation is called in metrics. */
  readonly label: string;
  readonly beganMs: number;
}

/** Does work as a span of its own, where there are traces. */
export function traced<T>(
  { label }: Begun,
  work: (span: RunningSpan | null) => Promise<T>,
): Promise<T> {
  return inSpan(
    "socket operation",
    "server",
    { "acked.operation": label },
    work,
  );
}

/** Tells that an operation has failed. */
export function failed(
  observer: OperationObserver,
  begun: Begun,
  error: unknown,
): { errors: readonly GraphQLError[] } {
  const errors = [asGraphQLError(error)];
  tellEnd(observer, begun, errors);
  return { errors };
}

/** Tells how an operation has ended. */
export function tellEnd(
  observer: OperationObserver,
  { label, beganMs }: Begun,
  errors?: readonly GraphQLError[],
): void {
  const ms = performance.now() - beganMs;
  observer.onOperation(label, "socket", outcomeOf(errors), ms);
}
