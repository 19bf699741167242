import { describe, expect, it } from "vitest";
import { failureOf } from "../../packages/client/src/failure.js";

const extensions = { code: "RATE_LIMITED", retryAfterMs: 500 };
const errors = [{ message: "Too many.", extensions }];
const limited = {
  code: "RATE_LIMITED",
  message: "Too many.",
  retryAfterMs: 500,
};

describe("reading a failure", () => {
  it.each([
    [
      "Apollo Client's CombinedGraphQLErrors",
      Object.assign(new Error("x"), { errors }),
    ],
    [
      "urql's CombinedError",
      Object.assign(new Error("x"), { graphQLErrors: errors }),
    ],
    ["graphql-ws's list of errors", errors],
    ["a plain result", { errors }],
  ])("takes the code from %s", (_, error) => {
    expect(failureOf(error)).toEqual(limited);
  });

  it.each([
    [401, "UNAUTHENTICATED"],
    [403, "UNAUTHENTICATED"],
    [400, "BAD_USER_INPUT"],
    [413, "BAD_USER_INPUT"],
    [429, "RATE_LIMITED"],
    [500, "NETWORK"],
    [503, "NETWORK"],
  ])("takes status %i without a GraphQL answer as %s", (status, code) => {
    expect(failureOf({ statusCode: status }).code).toBe(code);
    expect(failureOf({ response: { status }, graphQLErrors: [] }).code).toBe(
      code,
    );
  });

  it.each([
    ["an error", new TypeError("fetch failed"), "fetch failed"],
    ["a text", "gone", "gone"],
    ["nothing", undefined, "undefined"],
    [
      "errors without a code",
      { message: "x", errors: [{ message: "y" }, null] },
      "x",
    ],
  ])("takes all else as NETWORK: %s", (_, error, message) => {
    expect(failureOf(error)).toEqual({ code: "NETWORK", message });
  });

  it("takes a code that it does not know as INTERNAL_SERVER_ERROR", () => {
    expect(failureOf([{ extensions: { code: "TEAPOT" } }]).code).toBe(
      "INTERNAL_SERVER_ERROR",
    );
  });
});
