import { GraphQLError } from "graphql";
import { describe, expect, it } from "vitest";
import { notFound } from "../src/foundation/errors.js";

describe("an error that the caller is meant to see", () => {
  it("has no stack, and lets graphql-js write out none", () => {
    const { prepareStackTrace } = Error;
    let written = 0;
    Error.prepareStackTrace = () => {
      written++;
      return "";
    };
    try {
      const originalError = notFound("message");
      const error = new GraphQLError("no", { originalError });
      expect(error.originalError?.stack).toBe("");
      expect(written).toBe(0);
      expect(new Error("another").stack).toBe("");
      expect(written).toBe(1);
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });
});
