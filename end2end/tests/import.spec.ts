// Importing real-life files into an empty organisation: looked at, confirmed, repeated.

import { readFile } from "node:fs/promises";
import { expect, test } from "../fixtures/test.ts";
import { ImportPage } from "../pages/import.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { School } from "../support/school.ts";

type Counts = Record<string, number>;
const expected = JSON.parse(await readFile("data/demo/expected.json", "utf8")) as Record<string, Counts>;

/** As Italian pages write it. */
const it = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ".");

/** A count, by itself. */
const count = (n: number) => new RegExp(`(^|\\s)${it(n).replace(".", "\\.")}$`);

test("persons and users of a school come in as previewed, errors by line and column, and twice changes nothing", async ({
  page,
}) => {
  test.slow();
  const persons = expected["anagrafiche.csv"]!;
  const users = expected["utenti.csv"]!;
  const school = await School.with([]);
  await school.enter(page);
  const imports = new ImportPage(page);

  await imports.upload("Anagrafiche", "data/demo/anagrafiche.csv");
  await expect(imports.title).toHaveText("anagrafiche.csv");
  await expect(imports.outcome("Tutte le righe")).toHaveText(count(persons.persons!));
  await expect(imports.outcome("ERRORE")).toHaveText(count(persons.error_rows!));
  await expect(imports.outcome("DOPPIONE")).toHaveText(count(persons.duplicates_in_file!));
  await expect(imports.outcome("NUOVO")).toHaveText(count(persons.valid_persons!));
  await page.getByText("Da sapere").click();
  for (const [words, key] of [
    ["Alunni", "pupils"],
    ["Dipendenti", "employees"],
    ["Tutori", "guardians"],
    ["di cui persone giuridiche", "legal"],
    ["Codici fiscali con omocodia", "omocodia"],
    ["Codici fiscali provvisori (11 cifre)", "provisional"],
    ["Codici fiscali riempiti di zeri, normalizzati", "padded"],
    ["Senza codice fiscale", "missing_cf"],
    ["Casella mail non definita", "missing_mail"],
    ["Casella mail uguale a quella di una riga precedente", "shared_mail"],
  ] as const) {
    await expect(imports.note(words), words).toHaveText(it(persons[key]!));
  }

  await imports.outcome("ERRORE").click();
  await expect(page).toHaveURL(/\?esito=errore$/);
  const wrong = page.getByRole("row").filter({ hasText: "Il carattere di controllo non torna" });
  await expect(wrong).toHaveCount(persons.wrong_check!);
  const first = wrong.first();
  await expect(first.getByRole("cell").first(), "the line of the file").toHaveText(/^\d+$/);
  await expect(first).toContainText("ERRORE");
  await expect(first).toContainText("Codice fiscale");
  await expect(first).toContainText(/[A-Z]{6}\d/);

  await imports.confirm.click();
  await expect(page.getByText(`Importazione completata, righe rimaste fuori: ${persons.error_rows}`)).toBeVisible({
    timeout: 60_000,
  });
  const report = page.waitForEvent("download");
  await imports.link("Scarica l'esito riga per riga").click();
  const text = await readFile(await (await report).path(), "utf8");
  expect(text.charCodeAt(0), "a byte order mark").toBe(0xfeff);
  expect(text.split("\n").filter((line) => line.includes("ERRORE")).length).toBeGreaterThanOrEqual(persons.error_rows!);

  await imports.upload("Utenti", "data/demo/utenti.csv");
  await expect(imports.title).toHaveText("utenti.csv");
  await expect(imports.outcome("NUOVO")).toHaveText(count(users.users!));
  await expect(imports.outcome("ERRORE")).toHaveText(count(0));
  await page.getByText("Da sapere").click();
  for (const [words, key] of [
    ["Utenti collegabili a un'anagrafica per codice fiscale", "linkable_by_fiscal_code"],
    ["Casella mail non definita", "no_mail"],
    ["Utenti in un gruppo che non corrisponde all'anagrafica", "wrong_group"],
    ["Utenti non attivi", "inactive"],
    ["Utenti in più gruppi", "several_groups"],
  ] as const) {
    await expect(imports.note(words), words).toHaveText(it(users[key]!));
  }
  await imports.confirm.click();
  await expect(page.getByText("Importazione completata", { exact: true })).toBeVisible({ timeout: 60_000 });
  await imports.link("Vai agli utenti").click();
  const list = new UsersPage(page);
  await list.expectFound(users.users! + 1);

  for (const [kind, file, rows] of [
    ["Anagrafiche", "data/demo/anagrafiche.csv", persons.valid_persons!],
    ["Utenti", "data/demo/utenti.csv", users.users!],
  ] as const) {
    await imports.upload(kind, file);
    await expect(imports.outcome("INVARIATO"), kind).toHaveText(count(rows));
    await expect(imports.outcome("NUOVO"), kind).toHaveText(count(0));
    await expect(imports.outcome("MODIFICATO"), kind).toHaveText(count(0));
    await expect(page.getByText("Il file non cambia nulla")).toBeVisible();
    await expect(imports.confirm).toHaveAttribute("aria-disabled", "true");
  }
});

test("a file that is no table, and one that lacks a column, are refused in words that help", async ({
  page,
  complaints,
}) => {
  complaints.allow(/4\d\d/);
  const school = await School.with([]);
  await school.enter(page);
  const imports = new ImportPage(page);
  const problem = page.getByRole("group", { name: "C'è un problema" });

  await imports.open("/importa");
  await imports.button("Carica e controlla").click();
  await expect(problem).toContainText("Scegli il file da importare.");

  await imports.upload("Utenti", { name: "lettera.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n%âãÏÓ\n") });
  await expect(problem).toContainText("Questo è un PDF, non una tabella.");
  await imports.upload("Utenti", { name: "utenti.csv", mimeType: "text/csv", buffer: Buffer.from("Nome utente;Cognome\n1;Rossi\n") });
  await expect(problem).toContainText(/Colonne mancanti: .*Gruppi/);
  await expect(page).toHaveURL(/\/importa$/);
});
