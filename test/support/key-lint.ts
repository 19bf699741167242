/**
 * Finds the tables of a statement that are read without their conversation's key. It knows the SQL of this
 * repository, not all of SQL: names are unquoted, and every table that others are joined to has an alias.
 */

/** The tables whose rows belong to a conversation, with the column that holds its key. */
export const keyColumns: Readonly<Record<string, string>> = {
  conversations: "key",
  participants: "conversation_key",
  messages: "conversation_key",
  receipt_log: "conversation_key",
  message_keys: "conversation_key",
  silent_messages: "conversation_key",
  mentions: "conversation_key",
  departures: "conversation_key",
};

/** A part of a statement in parentheses of its own, or a side of a union. */
interface Level {
  /** Without what stands in parentheses within it. */
  readonly direct: string;
  /** With it. */
  readonly whole: string;
}

/**
 * What a statement reads or writes without the key: a table that is joined, or asked for something of another row,
 * and whose key is compared neither with a parameter nor with another key; and an insert without the key.
 * A table that stands alone, and is asked for nothing of another row, may be read whole.
 */
export function unkeyed(statement: string): string[] {
  const text = statement
    .replaceAll(/--.*$/gm, "")
    .replaceAll(/'[^']*'/g, "''")
    .toLowerCase();
  return [...levelsOf(text).flatMap(unkeyedIn), ...unkeyedInserts(text)];
}

const tables = Object.keys(keyColumns).join("|");
const notAnAlias =
  "where|on|set|order|using|join|left|cross|inner|for|offset|limit|returning|group|union|as";

function unkeyedIn({ direct, whole }: Level): string[] {
  const source = new RegExp(
    `(?:\\b(?:from|join|update|using)|,)\\s+(${tables})\\b(?:\\s+(?:as\\s+)?(?!(?:${notAnAlias})\\b)([a-z_]+))?`,
    "g",
  );
  return [...direct.matchAll(source)].flatMap(([, table = "", alias]) => {
    const name = alias ?? table;
    if (hasKey(whole, `${name}.${keyColumns[table] ?? ""}`)) return [];
    const others = [...whole.matchAll(/\b([a-z_]+)\.[a-z_]/g)].some(
      ([, qualifier]) => qualifier !== name,
    );
    const sources = direct.match(/\b(?:from|join)\b/g)?.length ?? 0;
    return others || sources > 1 || ` ${direct}`.includes(" update ")
      ? [`${table} ${name}`]
      : [];
  });
}

/** Whether a column is compared with a parameter, or with the key of other rows. */
function hasKey(text: string, column: string): boolean {
  const one = column.replace(".", "\\.");
  const key =
    "(?:\\$\\d+(?:::int8)?|[a-z_]+\\.(?:conversation_)?key)(?![a-z_.])";
  return [
    `\\b${one} = ${key}`,
    `\\b[a-z_]+\\.(?:conversation_)?key = ${one}(?![a-z_.])`,
    `\\b${one} in \\(\\s*select conversation_key from`,
  ].some((pattern) => new RegExp(pattern).test(text));
}

function unkeyedInserts(text: string): string[] {
  const insert = new RegExp(
    `insert into (${tables})(?: as [a-z_]+)? \\(([^)]*)\\)`,
    "g",
  );
  return [...text.matchAll(insert)].flatMap(([, table = "", columns = ""]) =>
    columns.split(",").some((column) => column.trim() === keyColumns[table])
      ? []
      : [`insert into ${table}`],
  );
}

/** The whole statement and all that stands in parentheses, each cut at its unions. */
function levelsOf(text: string): Level[] {
  const levels: Level[] = [];
  const open: { whole: string; direct: string }[] = [{ whole: "", direct: "" }];
  const close = ({ whole, direct }: Level) => {
    const parts = direct.split(/\bunion(?: all)?\b/);
    const wholes = parts.length === 1 ? [whole] : partsOf(whole);
    parts.forEach((part, i) =>
      levels.push({ direct: part, whole: wholes[i] ?? whole }),
    );
  };
  for (const character of text) {
    if (character === ")" && open.length > 1) {
      const inner = open.pop();
      const outer = open.at(-1);
      if (!inner || !outer) break;
      close(inner);
      outer.whole += `${inner.whole})`;
      outer.direct += ")";
      continue;
    }
    const level = open.at(-1);
    if (!level) break;
    level.whole += character;
    level.direct += character;
    if (character === "(") open.push({ whole: "", direct: "" });
  }
  for (const level of open) close(level);
  return levels;
}

/** A text cut at the unions that stand in no parentheses of their own. */
function partsOf(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const token of text.split(/(\(|\)|\bunion(?: all)?\b)/)) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth === 0 && token.startsWith("union")) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${token}`);
  }
  return parts;
}
