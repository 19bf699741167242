import { sql, type SQL } from "drizzle-orm";
import type { Db } from "./connect.js";
import { conversationKey } from "./conversation-key.js";
import {
  prepare,
  statement,
  type Parameters,
  type Placeholders,
  type RowShape,
  type Statement,
  type Values,
} from "./prepare.js";

/*
 * Statements about conversations come in two forms, from one text. The form for many conversations takes
 * arrays, and goes as one statement for whatever a batch holds. The form for one conversation has that
 * conversation's key as a parameter, and compares it with the key of each row that it reads: partitions are
 * pruned by it, and a distributed Postgres can send the whole statement to one shard.
 */

/**
 * The key that the rows of a table are compared with. In the form for many conversations it is the expression
 * itself; in the form for one it is the parameter, also where the expression would be the same: a planner finds
 * a table's shard by a parameter beside the table, not through a subquery.
 */
export type KeyOf = (expression: SQL) => SQL;

/** Statements about a user, or about everything, compare keys with one another. */
export const joinedKey: KeyOf = (expression) => expression;

/** The conversations that a statement is asked about. */
export interface Asked {
  /**
   * The items of a batch, as an item of `from`: its columns are `conversation_key`, `conversation_id`, the
   * given ones, and `position`, from 1.
   * @param columns array placeholders by the names of their columns
   */
  items(alias: SQL, columns: Readonly<Record<string, SQL>>): SQL;
  readonly key: KeyOf;
  /**
   * Whether the key of a row of `conversations` is among the `conversation_key` of rows. Whoever joins it compares
   * the id.
   * @param conversation an alias of `conversations`
   * @param rows the name of these rows
   */
  isAmong(conversation: SQL, rows: SQL): SQL;
}

const manyParameters = {
  conversationKeys: "key[]",
  conversationIds: "text[]",
} as const;
const oneParameters = {
  conversationKey: "key",
  conversationId: "text",
} as const;

type Many = typeof manyParameters;
type One = typeof oneParameters;

interface Declaration<P extends Parameters, Row> {
  name: string;
  /** The parameters beside those that name conversations. */
  parameters: P;
  row: RowShape<Row>;
  text: (asked: Asked, parameters: Placeholders<P>) => SQL;
}

/** A statement in both forms, not yet bound to a database. */
export interface PerConversation<P extends Parameters, Row> {
  readonly many: Statement<P & Many, Row>;
  readonly one: Statement<P & One, Row>;
}

/** Declares a statement in both forms. That for one conversation has `_one` behind its name. */
export function perConversation<const P extends Parameters, Row>(
  declaration: Declaration<P, Row>,
): PerConversation<P, Row> {
  const { name, parameters, row, text } = declaration;
  return {
    many: statement<P & Many, Row>({
      name,
      parameters: { ...parameters, ...manyParameters },
      row,
      text: (all) =>
        text(askedOfMany(all.conversationKeys, all.conversationIds), all),
    }),
    one: forOneConversation({ ...declaration, name: `${name}_one` }),
  };
}

/** Declares a statement in the form for one conversation alone: for batches that have no other. */
export function forOneConversation<const P extends Parameters, Row>({
  name,
  parameters,
  row,
  text,
}: Declaration<P, Row>): Statement<P & One, Row> {
  return statement<P & One, Row>({
    name,
    parameters: { ...parameters, ...oneParameters },
    row,
    text: (all) =>
      text(askedOfOne(all.conversationKey, all.conversationId), all),
  });
}

function askedOfMany(keys: SQL, ids: SQL): Asked {
  return {
    items: (alias, columns) => sql`
      unnest(${list([keys, ids, ...Object.values(columns)])}) with ordinality
        as ${alias} (conversation_key, conversation_id, ${names(columns)}position)`,
    key: joinedKey,
    isAmong: (conversation, rows) => sql`
      ${conversation}.key in (select conversation_key from ${rows})`,
  };
}

function askedOfOne(key: SQL, id: SQL): Asked {
  return {
    items: (alias, columns) =>
      Object.keys(columns).length === 0
        ? sql`(select ${key} as conversation_key, ${id} as conversation_id, 1::int8 as position) ${alias}`
        : sql`(
          select ${key} as conversation_key, ${id} as conversation_id, item.*
          from unnest(${list(Object.values(columns))}) with ordinality as item (${names(columns)}position)
        ) ${alias}`,
    key: () => key,
    isAmong: (conversation, rows) => sql`
      ${conversation}.key = ${key} and exists (select from ${rows})`,
  };
}

const list = (parts: readonly SQL[]) => sql.join([...parts], sql`, `);
const names = (columns: Readonly<Record<string, SQL>>) =>
  sql.raw(
    Object.keys(columns)
      .map((name) => `${name}, `)
      .join(""),
  );

/** Runs a statement for items, each of a conversation; `values` has an array for each of their columns. */
type RunPerConversation<P extends Parameters, Row> = (
  conversationIds: readonly string[],
  values: Values<P>,
) => Promise<readonly Row[]>;

/** Prepares both forms. Items that are all of one conversation go by the form for one. */
export function preparePerConversation<P extends Parameters, Row>(
  db: Db,
  { many, one }: PerConversation<P, Row>,
): RunPerConversation<P, Row> {
  const runMany = prepare<Parameters, Row>(db, many);
  const runOne = prepare<Parameters, Row>(db, one);
  return (conversationIds, values) => {
    const [conversationId] = conversationIds;
    if (
      conversationId !== undefined &&
      conversationIds.every((id) => id === conversationId)
    )
      return runOne({ ...values, ...inConversation(conversationId) });
    const conversationKeys = conversationIds.map(conversationKey);
    return runMany({ ...values, conversationKeys, conversationIds });
  };
}

/** Prepares the form for one conversation: all items are of the same one. */
export function prepareForOneConversation<P extends Parameters, Row>(
  db: Db,
  one: Statement<P & One, Row>,
): RunPerConversation<P, Row> {
  const run = prepare<Parameters, Row>(db, one);
  return (conversationIds, values) => {
    const [conversationId] = conversationIds;
    if (
      conversationId === undefined ||
      conversationIds.some((id) => id !== conversationId)
    )
      throw new Error(`${one.name} is for items of one conversation`);
    return run({ ...values, ...inConversation(conversationId) });
  };
}

/** The values of a statement's parameters `conversationKey` and `conversationId`. */
export function inConversation(conversationId: string): Values<One> {
  return { conversationKey: conversationKey(conversationId), conversationId };
}
