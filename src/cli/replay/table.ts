/** The content of a cell. Numbers are set to the right. */
type Cell = string | number;

/**
 * Rows as lines of text in columns, two spaces apart, without colours, ending in a line break.
 * @param rows of equal length; the first is the head where there is one
 */
export function renderTable(rows: readonly (readonly Cell[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column] ?? "").length)),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => pad(cell, widths[column] ?? 0));
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

function pad(cell: Cell, width: number): string {
  return typeof cell === "number"
    ? String(cell).padStart(width)
    : cell.padEnd(width);
}
