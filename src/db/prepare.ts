import { sql, type SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { inSpan } from "../foundation/tracer.js";
import type { Db } from "./connect.js";
import { nameStatement } from "./failure.js";
import { observerOf } from "./observer.js";
import { onBehalfOf } from "./owner.js";

const dialect = new PgDialect();

/** The Postgres types that statements take and give, with the JavaScript type of each. */
interface JsTypes {
  text: string;
  int4: number;
  int8: number;
  float8: number;
  bool: boolean;
  /** As Postgres writes a time. */
  timestamptz: string;
  /** As Postgres writes a set, which is how `SeqSet` writes itself. */
  int8multirange: string;
  /** A `conversationKey`: an `int8` that no number can hold. */
  key: string;
}

type Scalar = keyof JsTypes;

/** A parameter's type. A `?` marks values, or elements of an array, that may be null. */
export type ParameterType =
  Scalar | `${Scalar}?` | `${Scalar}[]` | `${Scalar}?[]`;

/** The parameters of a statement: the name of each and its type. */
export type Parameters = Readonly<Record<string, ParameterType>>;

type ValueOf<Type> = Type extends `${infer Element}[]`
  ? readonly ValueOf<Element>[]
  : Type extends `${infer Value}?`
    ? ValueOf<Value> | null
    : Type extends Scalar
      ? JsTypes[Type]
      : never;

/** The placeholders of a statement with these parameters, each with its cast. */
export type Placeholders<P extends Parameters> = Readonly<Record<keyof P, SQL>>;

/** The values that a statement with these parameters is run with. */
export type Values<P extends Parameters> = {
  readonly [Name in keyof P]: ValueOf<P[Name]>;
};

type NotNullColumn<Value> = [Value] extends [string]
  ? "text" | "timestamptz" | "participant_role"
  : [Value] extends [number]
    ? "int4" | "int8" | "float8"
    : [Value] extends [boolean]
      ? "bool"
      : "json";

/** The Postgres types of a column that a field of a row may come from. A `?` marks a column that may be null. */
type ColumnType<Value> = null extends Value
  ? `${NotNullColumn<NonNullable<Value>>}?`
  : NotNullColumn<Value>;

/** The columns that a statement returns, one for each field of `Row`. */
export interface RowShape<Row> {
  readonly columns: { readonly [Name in keyof Row]-?: ColumnType<Row[Name]> };
}

/**
 * Declares the columns of a row. The compiler compares the declaration with `Row`;
 * `test/statements.test.ts` compares it with the columns that Postgres returns. Nothing compares
 * rows while the server runs.
 */
export function rowOf<Row>(columns: RowShape<Row>["columns"]): RowShape<Row> {
  return { columns };
}

/** A fixed statement, not yet bound to a database. */
export interface Statement<P extends Parameters, Row> {
  readonly name: string;
  readonly parameters: P;
  /** Null for a statement that returns no rows. */
  readonly row: RowShape<Row> | null;
  readonly text: SQL;
}

/**
 * Every statement that has been declared, by name. `test/statements.test.ts` describes each to Postgres, and
 * `test/shards.test.ts` looks where it reads.
 */
export const statements = new Map<
  string,
  {
    readonly text: SQL;
    readonly parameters: Parameters;
    readonly columns: Readonly<Record<string, string>>;
  }
>();

/**
 * Declares a statement.
 * @param declaration.parameters the name and type of each parameter; the placeholders with their
 * casts, and the type of the values, follow from it
 * @param declaration.row the columns of a row; left out where the statement returns no rows
 * @param declaration.text builds the text from the placeholders, which have the names of the parameters
 */
export function statement<const P extends Parameters, Row = never>({
  name,
  parameters,
  row,
  text,
}: {
  name: string;
  parameters: P;
  row?: RowShape<Row>;
  text: (parameters: Placeholders<P>) => SQL;
}): Statement<P, Row> {
  const placeholders = Object.fromEntries(
    Object.entries(parameters).map(([of, type]) => [of, placeholder(of, type)]),
  ) as Placeholders<P>;
  const declared = {
    name,
    parameters,
    row: row ?? null,
    text: text(placeholders),
  };
  statements.set(name, {
    text: declared.text,
    parameters,
    columns: row?.columns ?? {},
  });
  return declared;
}

/**
 * A placeholder with its cast. Booleans travel as text, for the driver takes an array of booleans
 * for one boolean.
 */
function placeholder(name: string, type: ParameterType): SQL {
  const cast = type.replace("?", "").replace("key", "int8");
  const wire = isBoolean(type)
    ? `${cast.replace("bool", "text")}::${cast}`
    : cast;
  return sql`${sql.placeholder(name)}::${sql.raw(wire)}`;
}

function isBoolean(type: ParameterType): boolean {
  return type.startsWith("bool");
}

/**
 * Prepares a declared statement for a database. Postgres parses and plans it once for each
 * connection and runs it in one round trip. Drizzle prepares only statements with a name; any other
 * statement takes two round trips.
 * @returns a function from the parameters' values to the rows; with the user's id where it is for one user
 */
export function prepare<const P extends Parameters, Row>(
  db: Db,
  statement: Statement<P, Row>,
): (values: Values<P>, owner?: string | null) => Promise<readonly Row[]>;
/**
 * The same for a text with placeholders and types of its own, which nothing compares with Postgres.
 * New statements are declared with {@link statement}.
 */
export function prepare<Values extends Record<string, unknown>, Row>(
  db: Db,
  name: string,
  text: SQL,
): (values: Values, owner?: string | null) => Promise<readonly Row[]>;
export function prepare(
  db: Db,
  statement: Statement<Parameters, unknown> | string,
  text?: SQL,
): Run {
  if (typeof statement === "string") return bind(db, statement, text ?? sql``);
  const run = bind(db, statement.name, statement.text);
  const booleans = Object.entries(statement.parameters)
    .filter(([, type]) => isBoolean(type))
    .map(([name]) => name);
  return booleans.length === 0
    ? run
    : (values, owner) => run(withText(values, booleans), owner);
}

type Run = (
  values: Record<string, unknown>,
  owner?: string | null,
) => Promise<readonly unknown[]>;

function bind(db: Db, name: string, text: SQL): Run {
  const prepared = db._.session.prepareQuery<{
    execute: readonly unknown[];
    all: unknown;
    values: unknown;
  }>(dialect.sqlToQuery(text), undefined, name, false);
  const observer = observerOf(db);
  const attributes = {
    "db.system.name": "postgresql",
    "db.query.summary": name,
  };
  return async (values, owner = null) => {
    const beganMs = performance.now();
    let isOk = false;
    try {
      const rows = await inSpan(name, "client", attributes, () =>
        onBehalfOf(owner, () => prepared.execute(values)),
      );
      isOk = true;
      return rows;
    } catch (error) {
      nameStatement(error, name);
      throw error;
    } finally {
      observer?.onStatement(name, performance.now() - beganMs, isOk);
    }
  };
}

/** The same values, those of the named booleans as text. */
function withText(
  values: Record<string, unknown>,
  booleans: readonly string[],
): Record<string, unknown> {
  const textOf = (flag: unknown): unknown =>
    Array.isArray(flag)
      ? flag.map(textOf)
      : typeof flag === "boolean"
        ? String(flag)
        : flag;
  return {
    ...values,
    ...Object.fromEntries(booleans.map((name) => [name, textOf(values[name])])),
  };
}
