import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { simpleParser, type ParsedMail } from "mailparser";

/** Every mail below a folder of `.eml` files, oldest first. */
export async function mailsIn(folder: string): Promise<ParsedMail[]> {
  // The folder comes with the first mail.
  const entries = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const names = entries.filter((name) => name.endsWith(".eml"));
  const mails = await Promise.all(
    names.map(async (name) => simpleParser(await readFile(join(folder, name)))),
  );
  return mails.sort((a, b) => (a.date?.getTime() ?? 0) - (b.date?.getTime() ?? 0));
}

/** The mails to an address, oldest first. */
export async function mailsTo(folder: string, address: string): Promise<ParsedMail[]> {
  const recipients = (mail: ParsedMail) => [mail.to ?? []].flat().flatMap((to) => to.value.map((v) => v.address));
  return (await mailsIn(folder)).filter((mail) => recipients(mail).includes(address));
}
