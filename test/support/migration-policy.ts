import { parse } from "libpg-query";
import type { Migration } from "../../src/db/migration-files.js";

/**
 * The first migration that the policy holds for (docs/deploy/rolling.md). Those before it were there
 * before there were several nodes of different versions.
 */
export const policyBegins = 7;

type Node = Readonly<Record<string, unknown>>;

/** What was said of a table by the migrations before, as far as the policy asks. */
interface History {
  /** Columns that a validated constraint says are not null, as `table.column`. */
  readonly proved: Set<string>;
  /** The column of each constraint that says so and is not validated yet, by the constraint's name. */
  readonly claimed: Map<string, string>;
}

/** The migrations that break the policy: a sentence for each thing that does. */
export async function offences(
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const history: History = { proved: new Set(), claimed: new Map() };
  const found: string[] = [];
  for (const migration of migrations) {
    const offencesOfIt = await offencesOf(migration, history);
    found.push(...offencesOfIt.map((each) => `${migration.tag} ${each}`));
  }
  return found;
}

async function offencesOf(
  { statements, isContract, isTransaction }: Migration,
  history: History,
): Promise<string[]> {
  const made = new Set<string>();
  const changed = new Set<string>();
  const found: string[] = [];
  for (const text of statements) {
    const { stmts = [] } = (await parse(text)) as { stmts?: { stmt: Node }[] };
    for (const { stmt } of stmts) {
      const [kind = "", content] = Object.entries(stmt)[0] ?? [];
      const node = content as Node;
      const table = relationOf(node);
      if (kind === "CreateStmt" && table !== null) made.add(table);
      else if (table !== null && !made.has(table)) changed.add(table);
      if (table !== null && made.has(table)) continue;
      const verdicts =
        kind === "AlterTableStmt"
          ? (node["cmds"] as Node[]).flatMap((each) =>
              verdictsOfCommand(
                table ?? "",
                each["AlterTableCmd"] as Node,
                history,
              ),
            )
          : [verdictOf(kind, node, isTransaction)];
      for (const verdict of verdicts) {
        if (verdict === "expands") continue;
        if (verdict === "contracts") {
          if (!isContract)
            found.push(
              `takes something away (${nameOf(kind, node)}) and is no \`-- contract of\` an earlier one`,
            );
        } else found.push(verdict);
      }
    }
  }
  if (changed.size > 1)
    found.push(
      `changes more than one table (${[...changed].join(", ")}): make a migration for each`,
    );
  return found;
}

/** What the old version makes of a change: nothing, or it may fail; or a sentence about why nobody may do it. */
type Verdict = "expands" | "contracts" | (string & {});

function verdictOf(kind: string, node: Node, isTransaction: boolean): Verdict {
  switch (kind) {
    case "CreateStmt":
    case "CreateEnumStmt":
    case "CreateFunctionStmt":
    case "CreateSchemaStmt":
    case "CreateSeqStmt":
    case "CommentStmt":
    case "GrantStmt":
    case "InsertStmt":
    case "SelectStmt":
      return "expands";
    case "AlterEnumStmt":
      return node["oldVal"] === undefined ? "expands" : "contracts";
    case "IndexStmt":
      if (node["concurrent"] !== true)
        return "builds an index while writers wait: create index concurrently";
      return isTransaction
        ? "builds an index concurrently, which needs `-- outside a transaction`"
        : "expands";
    case "DropStmt":
      return node["removeType"] === "OBJECT_INDEX" &&
        node["concurrent"] === true
        ? "expands"
        : "contracts";
    case "RenameStmt":
    case "DropRoleStmt":
      return "contracts";
    case "UpdateStmt":
    case "DeleteStmt":
      return "moves data while writers wait: let the nodes do it, in small steps";
    default:
      return `has a ${kind}, on which the policy has no say yet`;
  }
}

function verdictsOfCommand(
  table: string,
  command: Node,
  history: History,
): Verdict[] {
  const subtype = String(command["subtype"]);
  const column = `${table}.${String(command["name"])}`;
  const definition = (command["def"] ?? {}) as Node;
  switch (subtype) {
    case "AT_AddColumn":
      return columnVerdicts(definition["ColumnDef"] as Node);
    case "AT_AddConstraint":
      return [
        constraintVerdict(table, definition["Constraint"] as Node, history),
      ];
    case "AT_ValidateConstraint": {
      const proved = history.claimed.get(String(command["name"]));
      if (proved !== undefined) history.proved.add(proved);
      return ["expands"];
    }
    case "AT_SetNotNull":
      return history.proved.has(column)
        ? ["contracts"]
        : [
            "contracts",
            `makes ${column} not null, which reads the whole table under a lock: validate a constraint that says so in a migration before`,
          ];
    case "AT_ColumnDefault":
    case "AT_DropNotNull":
    case "AT_SetStorage":
    case "AT_SetStatistics":
    case "AT_SetRelOptions":
      return ["expands"];
    case "AT_AlterColumnType":
      return [
        `changes the type of ${column}, which may write the whole table anew under a lock: add a column instead`,
      ];
    default:
      return ["contracts"];
  }
}

function columnVerdicts(column: Node): Verdict[] {
  const constraints = ((column["constraints"] ?? []) as Node[]).map(
    (each) => each["Constraint"] as Node,
  );
  const has = (type: string) =>
    constraints.find(({ contype }) => contype === type);
  const verdicts: Verdict[] = [];
  const byDefault = has("CONSTR_DEFAULT");
  if (byDefault && !("A_Const" in constantOf(byDefault["raw_expr"] as Node)))
    verdicts.push(
      "adds a column with a default that is no constant, which may write the whole table anew",
    );
  if (has("CONSTR_NOTNULL") && !byDefault)
    verdicts.push(
      "adds a column that the old version leaves null, as not null",
    );
  for (const type of [
    "CONSTR_IDENTITY",
    "CONSTR_GENERATED",
    "CONSTR_UNIQUE",
    "CONSTR_PRIMARY",
    "CONSTR_CHECK",
    "CONSTR_FOREIGN",
  ])
    if (has(type))
      verdicts.push(
        `adds a column with ${type}, which reads or writes the whole table under a lock`,
      );
  return verdicts.length > 0 ? verdicts : ["expands"];
}

/** A cast of a constant is one. */
function constantOf(expression: Node): Node {
  const cast = expression["TypeCast"] as { arg: Node } | undefined;
  return cast ? constantOf(cast.arg) : expression;
}

function constraintVerdict(
  table: string,
  constraint: Node,
  { claimed }: History,
): Verdict {
  if (constraint["indexname"] !== undefined) return "contracts";
  if (constraint["skip_validation"] !== true)
    return "adds a constraint that reads the whole table under a lock: add it not valid, and validate it in a migration of its own";
  const test = (constraint["raw_expr"] as Node | undefined)?.["NullTest"] as
    | { nulltesttype: string; arg: { ColumnRef?: { fields: Node[] } } }
    | undefined;
  const field = test?.arg.ColumnRef?.fields[0]?.["String"] as
    { sval: string } | undefined;
  if (test?.nulltesttype === "IS_NOT_NULL" && field)
    claimed.set(String(constraint["conname"]), `${table}.${field.sval}`);
  // The old version may write what the constraint forbids.
  return "contracts";
}

function relationOf(node: Node): string | null {
  const relation = node["relation"] as { relname?: string } | undefined;
  return relation?.relname ?? null;
}

function nameOf(kind: string, node: Node): string {
  return `${kind}${relationOf(node) === null ? "" : ` on ${String(relationOf(node))}`}`;
}
