import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { simpleParser, type ParsedMail } from "mailparser";

/** Every mail below a folder of `.eml` files, oldest first. */
export async function mailsIn(folder: string): Promise<ParsedMail[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".eml"));
  const mails = await Promise.all(
    names.map(async (name) => simpleParser(await readFile(join(folder, name)))),
  );
  return mails.sort((a, b) => (a.date?.getTime() ?? 0) - (b.date?.getTime() ?? 0));
}
