/** `@acked/client/operations`: a typed document for each common operation, as GraphQL Code Generator makes it. */
export * from "./generated/operations.js";
