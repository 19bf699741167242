import { customType } from "drizzle-orm/pg-core";
import { SeqSet } from "../foundation/seq-set.js";

/** A set of sequence numbers in a column: Postgres's `int8multirange`. */
export const seqSet = customType<{ data: SeqSet; driverData: string }>({
  dataType: () => "int8multirange",
  toDriver: (set) => set.toString(),
  fromDriver: (text) => SeqSet.parse(text),
});
