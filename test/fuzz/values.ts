import fc, { type GeneratorValue } from "fast-check";
import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
} from "graphql";

// Values for arguments and variables: mostly of the right type, and now and then anything.

/** These stand for ids and cursors that the server has given out; test/fuzz/run.ts puts those in. */
export const placeholders = [
  "%conversation%",
  "%message%",
  "%other%",
  "%user%",
  "%cursor%",
  "%page%",
] as const;

/** Texts that have broken programs before. */
const strangeTexts = [
  ...["", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e\u200b\u2028"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "null"],
  ...["' or 1=1 --", "{a,b}", "[1,2)", "%s %n", "\\", '"', "\\u0000", "${a}"],
  ...["../../etc/passwd", "a".repeat(129), "ä".repeat(128), "🏃".repeat(70)],
  ...["1e400", "-0", "NaN", "9007199254740993", "infinity", "9999-12-31"],
  ...["MQ==", "bnVsbA", "eyJ9", "c3.e30.e30", "W10", "AAAAAAAAAAAAAAAAAAAAAA"],
];

export const strangeText = fc.oneof(
  { arbitrary: fc.constantFrom(...strangeTexts), weight: 4 },
  { arbitrary: fc.constantFrom(...placeholders), weight: 4 },
  { arbitrary: fc.string({ unit: "binary", maxLength: 40 }), weight: 2 },
  { arbitrary: fc.base64String({ maxLength: 80 }), weight: 1 },
  {
    arbitrary: fc.integer({ min: 1, max: 70_000 }).map((n) => "x".repeat(n)),
    weight: 1,
  },
);

const numbers = [
  ...[0, -0, -1, 1, 1.5, 100, 101, 500, 501, 2 ** 31 - 1, 2 ** 31, -(2 ** 31)],
  ...[2 ** 53 + 2, 1e21, -1e300, Number.MAX_VALUE],
];

/** Any value of JSON that is not deep. */
const shallowValue: fc.Arbitrary<unknown> = fc.oneof(
  strangeText,
  fc.constantFrom<unknown>(...numbers, true, false, null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(strangeText, { maxLength: 600, size: "+1" }),
  fc.dictionary(strangeText, strangeText, { maxKeys: 5 }),
);

/** Any value of JSON. */
export const strangeValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: shallowValue, weight: 9 },
  {
    arbitrary: fc.integer({ min: 1, max: 3_000 }).map(nestedList),
    weight: 1,
  },
);

function nestedList(depth: number): unknown {
  let value: unknown = null;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** One of a list. fast-check compares arguments in depth: a list of the schema's own objects has circles. */
export function pick<T>(g: GeneratorValue, list: readonly T[]): T {
  const picked = list[g(fc.nat, { max: list.length - 1 })];
  if (picked === undefined) throw new Error("nothing to pick from");
  return picked;
}

/** A value for a type, right in nine of ten cases. */
export function valueFor(g: GeneratorValue, type: GraphQLInputType): unknown {
  if (g(fc.nat, { max: 29 }) === 0) return g(() => shallowValue);
  if (isNonNullType(type)) return valueFor(g, type.ofType);
  if (g(fc.nat, { max: 9 }) === 0) return null;
  if (isListType(type))
    return Array.from({ length: g(fc.nat, { max: 4 }) }, () =>
      valueFor(g, type.ofType),
    );
  if (isEnumType(type))
    return g(fc.constantFrom, ...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field) => isNonNullType(field.type) || g(fc.boolean))
        .map((field) => [field.name, valueFor(g, field.type)]),
    );
  return scalarFor(g, type.name);
}

function scalarFor(g: GeneratorValue, name: string): unknown {
  switch (name) {
    case "Int":
      return g(fc.constantFrom, 0, 1, 2, 5, 100, 500, ...numbers);
    case "Float":
      return g(fc.constantFrom, ...numbers);
    case "Boolean":
      return g(fc.boolean);
    case "Cursor":
      return g(() =>
        fc.oneof(fc.constantFrom("%cursor%", "%page%"), strangeText),
      );
    default:
      return g(() =>
        fc.oneof(
          fc.constantFrom("%conversation%", "%message%", "%other%", "%user%"),
          strangeText,
        ),
      );
  }
}

/** A value as it is written in a document. Enum values are names: `type` says where. */
export function literal(value: unknown, type: GraphQLInputType): string {
  if (value === null || value === undefined) return "null";
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (Array.isArray(value))
    return `[${value.map((each) => literal(each, isListType(type) ? type.ofType : type)).join(" ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, each]) => {
        const field = isInputObjectType(type) ? type.getFields()[key] : null;
        const name = /^[_A-Za-z]\w*$/.test(key) ? key : "other";
        return `${name}: ${literal(each, field?.type ?? type)}`;
      })
      .join(" ")}}`;
  if (typeof value === "string" && isEnumType(type) && /^\w+$/.test(value))
    return value;
  return JSON.stringify(value);
}
