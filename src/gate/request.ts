import { wrong, refusal, type Refusal } from "./refusal.js";

/** An operation as a client asks for it: its document by text, or by the id of a trusted document. */
export interface AskedOperation {
  readonly query: string | null;
  readonly documentId: string | null;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Reads the body of a request, or the payload of a `subscribe` message. The id of a document may stand in
 * `documentId`, in `extensions.documentId`, or where clients for persisted queries put it. Texts are not
 * registered by it.
 */
export function readOperation(body: unknown): AskedOperation | Refusal {
  if (Array.isArray(body))
    return refusal(wrong("Send one operation: lists of them are not taken."));
  if (!isObject(body))
    return refusal(wrong("The body must be a JSON object with a `query`."));
  const { query, operationName, variables, extensions } = body;
  if (!isTextOrNothing(query))
    return refusal(wrong("`query` must be the text of a document."));
  if (!isTextOrNothing(operationName))
    return refusal(wrong("`operationName` must be text."));
  if (!isObjectOrNothing(variables))
    return refusal(wrong("`variables` must be an object."));
  if (!isObjectOrNothing(extensions))
    return refusal(wrong("`extensions` must be an object."));
  const documentId = body["documentId"] ?? extensions?.["documentId"];
  if (!isTextOrNothing(documentId))
    return refusal(wrong("`documentId` must be text."));
  const persisted = hashOfPersisted(extensions?.["persistedQuery"]);
  // graphql-ws wants a `query` in each message: an empty one stands for none.
  const text = query === "" ? null : (query ?? null);
  if (text === null && documentId == null && persisted === null)
    return refusal(wrong("A `query` or a `documentId` is needed."));
  return {
    query: text,
    documentId: documentId ?? persisted,
    operationName: operationName ?? null,
    variables: variables ?? {},
  };
}

function hashOfPersisted(persisted: unknown): string | null {
  const hash = isObject(persisted) ? persisted["sha256Hash"] : null;
  return typeof hash === "string" ? hash : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextOrNothing(value: unknown): value is string | null | undefined {
  return value == null || typeof value === "string";
}

function isObjectOrNothing(
  value: unknown,
): value is Readonly<Record<string, unknown>> | null | undefined {
  return value == null || isObject(value);
}
