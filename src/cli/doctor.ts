import { examine } from "../doctor/doctor.js";
import { asTable } from "../doctor/report.js";

/** Prints what is wrong here and what to do, and sets the exit code. */
export async function doctor({ json }: { json?: true }): Promise<void> {
  const report = await examine(process.env, null);
  console.log(json ? JSON.stringify(report) : asTable(report));
  process.exitCode = report.exitCode;
}
