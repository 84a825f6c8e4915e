// Organisations of a test's own, made on the server's database by its command line, so that
// no test sees another's data.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { dataFolder, serverEnvironment } from "./environment.ts";

const program = resolve(process.env.E2E_SERVER ?? "target/debug/delega");

/** Long enough for the policy, and in none of its lists. */
export const PASSWORD = "sedici lucertole al sole";

/** Runs `delega` on the database of the server under test. */
export async function delega(args: string[], stdin = ""): Promise<string> {
  const { DELEGA_DATABASE_URL, DELEGA_SMTP_URL, DELEGA_MAIL_DIR, ...rest } = process.env;
  const env = {
    ...rest,
    ...serverEnvironment(),
    ...(process.env.E2E_DATABASE_URL ? { DELEGA_DATABASE_URL: process.env.E2E_DATABASE_URL } : {}),
  };
  return new Promise((done, fail) => {
    const child = execFile(program, args, { env }, (error, stdout, stderr) => {
      if (error) fail(new Error(`delega ${args.join(" ")}: ${stderr || error.message}`));
      else done(stdout);
    });
    child.stdin?.end(stdin);
  });
}

/** A row of a users' file. */
export interface Somebody {
  username?: string;
  surname: string;
  name: string;
  mail?: string;
  /** Names of groups, separated by commas. */
  groups: string;
  active?: boolean;
  language?: "IT" | "DE" | "FR" | "EN";
}

/** A member of staff that can sign in. */
export interface Staff {
  username: string;
  password: string;
  /** Surname and name. */
  name: string;
}

/** Groups that may manage users and send credentials. */
export const OFFICE = "Ufficio personale, Ufficio didattica";

/** An organisation of kind school. */
export class School {
  private constructor(
    readonly code: string,
    readonly name: string,
  ) {}

  /** Makes an empty one. */
  static async empty(): Promise<School> {
    const mark = randomBytes(5).toString("hex");
    const school = new School(`prova-${mark}`, `IC Prova ${mark}`);
    await delega(["organisation", "create", "--code", school.code, "--kind", "school", "--name", school.name]);
    return school;
  }

  /** Makes one with these people and a secretary, who signs in as `segreteria`. */
  static async with(people: Somebody[], secretaries = ["segreteria"]): Promise<School> {
    const school = await School.empty();
    for (const username of secretaries) await school.account(username);
    await school.users([
      ...secretaries.map((username) => ({ ...person(username), groups: OFFICE })),
      ...people,
    ]);
    return school;
  }

  /** An account with a known password; a later row of a users' file gives it its groups. */
  async account(username: string): Promise<void> {
    const args = ["admin", "create", "--organisation", this.code, "--username", username, "--password-stdin"];
    await delega(args, PASSWORD);
  }

  /** An account of these groups alone. */
  async staff(username: string, groups: string): Promise<Staff> {
    await this.account(username);
    await this.users([{ ...person(username), groups }]);
    return this.of(username);
  }

  /** How an account of this school signs in. */
  of(username: string): Staff {
    const { surname, name } = person(username);
    return { username, password: PASSWORD, name: `${surname} ${name}` };
  }

  /** An address that only this school has. */
  mail(local: string): string {
    return `${local}@${this.code}.example`;
  }

  /** Imports users. */
  async users(people: Somebody[]): Promise<void> {
    const lines = people.map((p, at) =>
      [
        p.username ?? String(at + 1).padStart(7, "0"),
        p.surname,
        p.name,
        p.mail ?? "",
        p.groups,
        p.active === false ? "No" : "Si",
        p.language ?? "",
      ].join(";"),
    );
    await this.import("users", ["Nome utente;Cognome;Nome;Mail utente;Gruppi;Attivo;Lingua", ...lines].join("\n"));
  }

  /** Imports a file's text. */
  async import(kind: "users" | "persons", text: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "delega-e2e-file-"));
    try {
      const file = join(folder, "file.csv");
      await writeFile(file, text);
      await delega(["import", kind, file, "--organisation", this.code]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** Signs in without the form, where the form is not what is tested. */
  async enter(page: Page, username = "segreteria", password = PASSWORD): Promise<void> {
    await enter(page, this.code, username, password);
  }
}

/** Signs in without the form. */
export async function enter(page: Page, organisation: string, username: string, password: string): Promise<void> {
  const answer = await page.context().request.post("/entra", {
    form: { ente: organisation, utente: username, password },
    maxRedirects: 0,
  });
  const to = answer.headers()["location"];
  if (to !== "/") throw new Error(`${username} of ${organisation} did not get in: ${answer.status()} ${to}`);
}

/** The demo school's secretary; nothing may be written there. */
export async function enterDemo(page: Page): Promise<void> {
  await enter(page, "scuola-demo", "segreteria", "demo-Segreteria-2026");
}

/** The folder of the mails. */
export function mailFolder(): string {
  return join(dataFolder(), "posta");
}

function person(username: string): { username: string; surname: string; name: string } {
  return { username, surname: "Zampa", name: username[0]!.toUpperCase() + username.slice(1) };
}

const SURNAMES = ["Bianchi", "Conti", "Esposito", "Ferrari", "Galli", "Lombardi", "Marino", "Neri", "Orlando", "Pellegrini", "Rinaldi", "Serra"];

/** `count` teachers with addresses, in the order of the list. */
export function teachers(count: number, domain = "docenti.example"): Somebody[] {
  return Array.from({ length: count }, (_, at) => {
    const surname = `${SURNAMES[at % SURNAMES.length]}${at < SURNAMES.length ? "" : ` ${Math.floor(at / SURNAMES.length)}`}`;
    const local = surname.toLowerCase().replace(" ", "");
    return { surname, name: "Anna", mail: `${local}@${domain}`, groups: "Docenti" };
  });
}
