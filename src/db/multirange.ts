import { customType } from "drizzle-orm/pg-core";
import { SeqSet } from "../foundation/seq-set.js";

/** A column that holds a set of sequence numbers, of Postgres's type `int8multirange`. */
export const seqSet = customType<{ data: SeqSet; driverData: string }>({
  dataType: () => "int8multirange",
  toDriver: (set) => set.toString(),
  fromDriver: (text) => SeqSet.parse(text),
});
