/**
 * An operation as the parameters of an address have it, in the form of a body. The gate reads it like any
 * other, and says what is wrong with it: a text that is not JSON is no object.
 * @param parameters a parameter that is given twice is a list
 */
export function askedByGet(parameters: unknown): unknown {
  const { variables, extensions, ...texts } = parameters as Readonly<
    Record<string, unknown>
  >;
  return {
    ...texts,
    ...(variables !== undefined && { variables: parsed(variables) }),
    ...(extensions !== undefined && { extensions: parsed(extensions) }),
  };
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
