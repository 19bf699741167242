import type { Fetcher } from "@graphiql/toolkit";
import {
  Kind,
  OperationTypeNode,
  parse,
  type ExecutionResult,
  type OperationDefinitionNode,
} from "graphql";
import type { Watches } from "./watches.js";

/** Whoever sends the operations of the tab that is open. */
export interface Sender {
  readonly name: string;
  /** Empty where there is none yet. */
  readonly token: string;
}

/**
 * Makes the function that GraphiQL sends operations with. Subscriptions go to `watches`: GraphiQL
 * would end one when its tab is left.
 * @param sender who sends now
 */
export function createFetcher(sender: () => Sender, watches: Watches): Fetcher {
  return async ({ query, operationName, variables }, options) => {
    const operation = operationOf(query, operationName);
    const name = operation?.name?.value;
    const asked = {
      query,
      ...(isRecord(variables) && { variables }),
      ...(name !== undefined && { operationName: name }),
    };
    const { name: as, token } = sender();
    const headers = {
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(isRecord(options?.headers) && options.headers),
    };
    if (operation?.operation === OperationTypeNode.SUBSCRIPTION) {
      watches.start(`${name ?? "subscription"} as ${as}`, asked, headers);
      return {
        extensions: {
          explorer: "Watching: events appear below, whichever tab is open.",
        },
      };
    }
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(asked),
    });
    return (await response.json()) as ExecutionResult;
  };
}

/** The operation to run. The editor notices late that another tab is open, and still names the last tab's. */
function operationOf(
  query: string,
  wanted: string | null | undefined,
): OperationDefinitionNode | undefined {
  const operations = operationsIn(query);
  return operations.find(({ name }) => name?.value === wanted) ?? operations[0];
}

/** None where the text is no document: the server then says what is wrong with it. */
function operationsIn(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter(
      (node) => node.kind === Kind.OPERATION_DEFINITION,
    );
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null;
}
