/** The variables of an operation, as their types have them. */
export type Variables = Readonly<Record<string, unknown>>;

/** A number that may follow from the variables: the length of a page, the cost of a selection. */
export type Figure = number | ((variables: Variables) => number);

/** The figure with these variables. */
export function evaluate(figure: Figure, variables: Variables): number {
  return typeof figure === "number" ? figure : figure(variables);
}

/** Adds figures: a number where all are numbers. */
export function sum(figures: readonly Figure[]): Figure {
  let known = 0;
  const open: ((variables: Variables) => number)[] = [];
  for (const figure of figures)
    if (typeof figure === "number") known += figure;
    else open.push(figure);
  if (open.length === 0) return known;
  return (variables) =>
    open.reduce((total, figure) => total + figure(variables), known);
}

/** Multiplies two figures: a number where both are numbers. */
export function product(a: Figure, b: Figure): Figure {
  if (typeof a === "number" && typeof b === "number") return a * b;
  return (variables) => evaluate(a, variables) * evaluate(b, variables);
}
