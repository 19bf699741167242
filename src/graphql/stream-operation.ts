import { createHash, randomUUID } from "node:crypto";
import {
  execute,
  getArgumentValues,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
} from "graphql";
import type { Logger } from "pino";
import type { Viewer } from "../auth/viewer.js";
import type {
  EventSink,
  StreamOperation,
  StreamRequest,
} from "../stream/subscription.js";
import type { Services } from "../services.js";
import { badInput } from "../foundation/errors.js";
import { checkCount, checkKnownId } from "../foundation/limits.js";
import type { Admitted } from "../gate/gate.js";
import { gateLimits } from "../gate/limits.js";
import type { ArgumentPath } from "../gate/refusal.js";
import { pageLimit } from "../gate/page-size.js";
import { toClientError } from "./client-error.js";
import { sharedContext } from "./context.js";
import { rootField } from "./subscription-field.js";

/** The parts that executing a subscription takes. */
export interface ExecutionDependencies {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Logger;
}

function kindOf(field: string): StreamRequest["kind"] {
  switch (field) {
    case "messageStatusChanged":
      return "status";
    case "messageAdded":
      return "messages";
    default:
      throw new Error(`the subscription ${field} has no stream`);
  }
}

/** An operation that subscriptions use, and how many of them. */
interface Used {
  readonly operation: StreamOperation;
  users: number;
}

/**
 * The operations that subscriptions of a node use now. Subscribers of the same operation share one object
 * and one key. An operation, and with it its variables, is kept no longer than its last subscription.
 */
export class StreamOperations {
  private readonly deps: ExecutionDependencies;
  private readonly used = new Map<string, Used>();

  constructor(deps: ExecutionDependencies) {
    this.deps = deps;
  }

  /** How many operations subscriptions use now. */
  get size(): number {
    return this.used.size;
  }

  /**
   * Reads a subscription's arguments, and prepares its execution. The hub executes it once for each
   * audience and not for each subscriber.
   * @returns the request, and a function to call once, when the subscription has ended or was refused
   * @throws {GraphQLError | AppError} where an argument is wrong
   */
  request(
    admitted: Admitted,
    viewer: Viewer,
    sink: EventSink,
  ): { request: StreamRequest; release: () => void } {
    checkLength(admitted);
    const { name, args } = rootField(this.deps.schema, admitted);
    checkCounts(admitted);
    const text = (key: string) =>
      typeof args[key] === "string" ? args[key] : null;
    const conversationId = text("conversationId");
    if (conversationId !== null)
      checkKnownId(["conversationId"], conversationId, "conversation");
    const kind = kindOf(name);
    const { operation, release } = this.take(admitted);
    return {
      request: {
        kind,
        viewer,
        conversationId,
        sentByViewer: args["sentByViewer"] === true,
        after: text("after"),
        operation,
        sink,
      },
      release,
    };
  }

  private take(admitted: Admitted) {
    const key = keyOf(admitted);
    const used = this.used.get(key) ?? {
      operation: makeOperation(this.deps, key, admitted),
      users: 0,
    };
    used.users++;
    this.used.set(key, used);
    return {
      operation: used.operation,
      release: () => {
        if (--used.users === 0) this.used.delete(key);
      },
    };
  }
}

/** The hash of all that a result depends on: every key is short, whatever the document and variables. */
function keyOf({ known, operationName, variables }: Admitted): string {
  const used = known.resultVariables.flatMap((name) =>
    // A variable that is left out differs from null.
    name in variables ? [[name, variables[name]]] : [],
  );
  return createHash("sha256")
    .update(JSON.stringify([known.text, operationName, used]))
    .digest("base64");
}

/**
 * Variables that only the root field's arguments use may be those of any subscriber: no result
 * depends on such a variable.
 */
function makeOperation(
  { schema, services, log }: ExecutionDependencies,
  key: string,
  {
    known: { document, isPerViewer, isPerStay },
    operationName,
    variables,
  }: Admitted,
): StreamOperation {
  return {
    key,
    isPerViewer,
    isPerStay,
    async execute(event, { audience, viewer }) {
      const requestId = randomUUID();
      const result = await execute({
        schema,
        document,
        rootValue: event,
        contextValue: sharedContext(services, requestId, audience, viewer),
        variableValues: variables,
        ...(operationName && { operationName }),
      });
      return Buffer.from(
        JSON.stringify(withClientErrors(result, requestId, log)),
      );
    },
  };
}

/** Turns a result's errors into the errors that clients see. */
export function withClientErrors(
  {
    errors,
    ...result
  }: { readonly [K in keyof ExecutionResult]?: ExecutionResult[K] | undefined },
  requestId: string,
  log: Logger,
): FormattedExecutionResult {
  const { data } = result;
  return {
    ...(errors && {
      errors: errors.map((error) => toClientError(error, requestId, log)),
    }),
    ...(data !== undefined && { data }),
  };
}

/** Checks the length of the variables, which are kept for as long as the subscription runs. */
function checkLength({ operation, variables }: Admitted): void {
  let [total, longest] = [0, 0];
  let where: ArgumentPath = [];
  for (const { name, path } of operation.variables) {
    const { length } = JSON.stringify(variables[name] ?? null);
    total += length;
    if (length > longest) [longest, where] = [length, path];
  }
  if (total > gateLimits.subscriptionVariables)
    throw badInput(
      where,
      `is too long: the variables of a subscription may have ${gateLimits.subscriptionVariables} characters together.`,
    );
}

/** Checks `first` and `last` of all fields (R29) at the start: an error at an event would lose the event. */
function checkCounts({ operation, variables }: Admitted): void {
  for (const { node, definition } of operation.counted) {
    const args = getArgumentValues(definition, node, variables);
    for (const name of ["first", "last"])
      if (typeof args[name] === "number")
        checkCount([name], args[name], pageLimit(definition));
  }
}
