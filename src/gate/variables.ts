import {
  coerceInputValue,
  isInputType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLFormattedError,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";
import { gateLimits } from "./limits.js";
import { plainValues, type IsPlain } from "./plain-values.js";
import { wrong, type ArgumentPath } from "./refusal.js";

/** The declared variables of an operation, each as its type has it; or the errors of the values given. */
export type CoercedVariables =
  | { readonly values: Record<string, unknown> }
  | { readonly errors: readonly GraphQLFormattedError[] };

/** A declared variable: what an operation needs to know to take its value. */
export interface DeclaredVariable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly isPlain: IsPlain;
  /** The default; undefined where there is none. */
  readonly byDefault: unknown;
  /** The argument that takes it. */
  readonly path: ArgumentPath;
}

/** Reads the variables that a valid operation declares. */
export function declaredVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  uses: ReadonlyMap<string, ArgumentPath>,
): DeclaredVariable[] {
  return variableDefinitions.map((definition) => {
    const name = definition.variable.name.value;
    const type = inputTypeOf(schema, definition);
    return {
      name,
      type,
      isPlain: plainValues(type),
      byDefault: valueFromAST(definition.defaultValue, type),
      path: uses.get(name) ?? [name],
    };
  });
}

function inputTypeOf(
  schema: GraphQLSchema,
  { type: node }: VariableDefinitionNode,
): GraphQLInputType {
  const type = typeFromAST(schema, node);
  if (!type || !isInputType(type))
    throw new Error("a valid document has a variable of no input type");
  return type;
}

/** Ends the coercion of a value: further errors are not wanted. */
class Enough extends Error {}

/**
 * Takes the values of declared variables, and no others. Messages are this server's: those of
 * graphql-js print the whole value in each error.
 */
export function coerceVariables(
  declared: readonly DeclaredVariable[],
  given: Readonly<Record<string, unknown>>,
): CoercedVariables {
  const values: Record<string, unknown> = {};
  const errors: GraphQLFormattedError[] = [];
  const report = (path: ArgumentPath, problem: string): void => {
    errors.push(wrong(`${path.join(".")}: ${problem}`, path));
    if (errors.length >= gateLimits.errors) throw new Enough();
  };
  try {
    for (const variable of declared) {
      const value = Object.hasOwn(given, variable.name)
        ? given[variable.name]
        : variable.byDefault;
      if (value === undefined) {
        if (isNonNullType(variable.type))
          report(variable.path, `must be of type ${String(variable.type)}.`);
      } else values[variable.name] = take(variable, value, report);
    }
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return errors.length > 0 ? { errors } : { values };
}

function take(
  { type, path, byDefault, isPlain }: DeclaredVariable,
  value: unknown,
  report: (path: ArgumentPath, problem: string) => void,
): unknown {
  if (value === byDefault || isPlain(value)) return value;
  const found = { problems: 0 };
  const taken = coerceInputValue(
    value,
    type,
    (within, _value, { message }) => {
      found.problems++;
      const [field, problem] = problemOf(message);
      report([...path, ...within, ...field], problem);
    },
    true,
  );
  if (found.problems === 0) checkNumbers(value, path, report);
  return taken;
}

/** The input field that an error of coercion is about, where it is not in the path; and what is wrong. */
function problemOf(message: string): [string[], string] {
  const start = message.slice(0, 300);
  const missing =
    /^Field "(\w+)" of required type "([\w![\]]+)" was not provided/.exec(
      start,
    );
  if (missing)
    return [[missing[1] ?? ""], `must be of type ${missing[2] ?? ""}.`];
  const unknown = /^Field "(\w{1,100})" is not defined by type "(\w+)"/.exec(
    start,
  );
  if (unknown)
    return [[unknown[1] ?? ""], `is no field of ${unknown[2] ?? ""}.`];
  const type =
    /^Expected (?:non-nullable )?type "([\w![\]]+)"/.exec(start)?.[1] ??
    /^(Int|Float|String|Boolean|ID|Cursor) (?:cannot represent|must be)/.exec(
      start,
    )?.[1] ??
    /^Enum "(\w+)" cannot represent/.exec(start)?.[1] ??
    /" does not exist in "(\w+)" enum\.$/.exec(message.slice(-200))?.[1];
  return [
    [],
    type === undefined
      ? "is not a value of its type."
      : `must be of type ${type}.`,
  ];
}

/**
 * JSON numbers past 2^53 have lost digits before anybody sees them, so as ids they may be those of
 * somebody else. No other type takes such a number.
 * @param value of a good variable, so no deeper than its type
 */
function checkNumbers(
  value: unknown,
  path: ArgumentPath,
  report: (path: ArgumentPath, problem: string) => void,
): void {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value))
      report(
        path,
        "is a number past 2^53, which JSON does not keep whole: write the id as a string.",
      );
  } else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value))
      if (typeof item !== "string")
        checkNumbers(item, [...path, stepOf(value, key)], report);
}

function stepOf(within: object, key: string): string | number {
  return Array.isArray(within) ? Number(key) : key;
}
