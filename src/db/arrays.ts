/** A type of array parameters in the form of the driver. `oid` is the built-in oid of the array type. */
function arrayType(oid: number) {
  return {
    to: oid,
    from: [] as number[],
    serialize: (values: unknown) =>
      Array.isArray(values)
        ? arrayLiteral(values as readonly (string | number | null)[])
        : String(values),
    parse: (text: string) => text,
  };
}

/**
 * The types of `text[]` and `int8[]` parameters; no statement returns arrays. Without them the driver
 * asks each new connection for all array types of the database. That is a round trip, and where the
 * connection is lost meanwhile, the failure is unhandled and ends the process.
 * https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L768
 */
export const arrayTypes = {
  textArray: arrayType(1009),
  int8Array: arrayType(1016),
};

/** The text form of an array: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayLiteral(values: readonly (string | number | null)[]): string {
  return `{${values.map(elementLiteral).join(",")}}`;
}

function elementLiteral(value: string | number | null): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  if (!/["\\]/.test(value)) return `"${value}"`;
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
