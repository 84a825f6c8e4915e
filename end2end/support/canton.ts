// A canton of a test's own, with units, people and an administrator.

import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { ParsedMail } from "mailparser";
import { PASSWORD, delega, enter } from "./school.ts";

/** Canton → two hospitals, one with a site. */
const UNITS = `ID unità;Unità superiore;Nome;Livello;ENTID;BUR
TI;;Cantone di prova;Cantone;;
100000001;TI;Ospedale Lago;Impresa;100000001;
10000001;100000001;Ospedale Lago, sede Riva;Sede;;10000001
100000002;TI;Ospedale Monte;Impresa;100000002;`;

/** Three people; `domain` is the canton's own, so that no test reads another's mails. */
const people = (domain: string) => `IDext;Cognome;Nome;Indirizzo e-mail;ID unità;Ruoli;Lingua
7000001;Riva;Ada;ada.riva@${domain};10000001;SP_Read_Standort;IT
7000002;Lago;Bruno;bruno.lago@${domain};100000001;SP_Read_Unternehmen;DE
7000003;Monte;Carla;carla.monte@${domain};100000002;SP_Read_Unternehmen;FR`;

/** An organisation of kind canton. */
export class Canton {
  private constructor(readonly code: string) {}

  /** Makes one; its administrator `capo` has not accepted the terms of use. */
  static async make(): Promise<Canton> {
    const mark = randomBytes(5).toString("hex");
    const canton = new Canton(`cantone-${mark}`);
    await delega(["organisation", "create", "--code", canton.code, "--kind", "canton", "--name", `Cantone ${mark}`]);
    await canton.import("units", UNITS);
    await canton.import("users", people(`${canton.code}.example`));
    await delega(["admin", "create", "--organisation", canton.code, "--username", "capo", "--password-stdin"], PASSWORD);
    return canton;
  }

  /** An address of this canton: `ada.riva`, `bruno.lago`, `carla.monte`. */
  mail(local: string): string {
    return `${local}@${this.code}.example`;
  }

  /** The registration code in a mail. */
  codeIn(mail: ParsedMail): string {
    const found = (mail.text ?? "").match(/CANTONE-[0-9A-Z]+-\d+(-[0-9A-Z]{5}){5}/);
    if (!found) throw new Error(`no code in «${mail.subject}»`);
    return found[0];
  }

  /** Signs in as the administrator; with `accept` past the terms of use. */
  async enter(page: Page, accept = true): Promise<void> {
    await enter(page, this.code, "capo", PASSWORD);
    if (accept) {
      const answer = await page.context().request.post("/api/terms/accept", { data: { version: 1 } });
      if (!answer.ok()) throw new Error(`the terms were not accepted: ${answer.status()}`);
    }
  }

  private async import(kind: "units" | "users", text: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "delega-e2e-file-"));
    try {
      const file = join(folder, "file.csv");
      await writeFile(file, text);
      await delega(["import", kind, file, "--organisation", this.code]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}
