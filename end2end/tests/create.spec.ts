// «Crea utenti da anagrafiche»: from the registry to an account with its two mails, and back.

import { expect, test } from "../fixtures/test.ts";
import { AlignmentPage } from "../pages/alignment.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { OFFICE, School } from "../support/school.ts";

test("pupils become users: repair, check, two mails each, and the way back", async ({ page }) => {
  const school = await School.empty();
  await school.account("segreteria");
  await school.import(
    "persons",
    [
      "Codice;Cognome;Nome;Codice fiscale;Partita IVA;Data di nascita;Mail;Tipo anagrafica;Plesso;Anno scolastico;Classe",
      `1;ALFANO;MARIA STELLA;;;;${school.mail("alfano")};Alunni;Primaria Dante;2026/2027;1B`,
      "2;ANASTASI;GIUSY;;;;;Alunni;Primaria Dante;2026/2027;1B",
      `3;BRUNO;IVO;;;;${school.mail("bruno")};Alunni;Primaria Dante;2026/2027;2A`,
      "4;ROSSI;MARIA;RSSMRA80A41H501Y;;01/01/1980;;Tutori;;;",
    ].join("\n"),
  );
  await school.import(
    "users",
    [
      "Nome utente;Cognome;Nome;Codice fiscale;Mail utente;Gruppi;Attivo",
      "0000001;ROSSI;MARIA;RSSMRA80A41H501Y;;Docenti;Si",
      `segreteria;Zampa;Segreteria;;;${OFFICE};Si`,
    ].join("\n"),
  );
  await school.enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?scheda=crea&tipo=alunni");
  await expect(page.getByText("ATTENZIONE! - Si ricorda che per ogni utente il sistema provvederà ad inviare due mail, una con lo username ed un'altra con la password temporanea.")).toBeVisible();
  await expect(align.row(/ANASTASI/)).toContainText("Casella mail non definita");
  await expect(page.getByLabel(/^Gruppo a cui collegare le utenze create/)).toHaveValue(/\d+/);

  // Repair in place.
  await align.button("Aggiungi mail a ANASTASI GIUSY").click();
  const mail = align.dialog("Casella mail di ANASTASI GIUSY");
  await mail.getByLabel("Mail").fill(school.mail("giusy"));
  await page.keyboard.press("Enter");
  await expect(align.row(/ANASTASI/)).toContainText("pronto");

  // Only a class.
  await page.getByLabel("Anno Scolastico").selectOption("2026/27");
  await page.getByLabel("Classe").selectOption("1B");
  await align.button("Filtra / Ricerca").click();
  await expect(align.row(/BRUNO/)).toBeHidden();
  await page.getByRole("checkbox", { name: /^Seleziona tutte le anagrafiche/ }).check();
  await align.button("CREA UTENTI (2)").click();

  await expect(align.title).toHaveText("Controlla e crea gli utenti");
  await expect(page.getByText("utenti saranno creati nel gruppo Alunni")).toBeVisible();
  await expectAccessible(page);
  await align.button("Crea 2 utenti").click();
  await expect(align.title).toHaveText(/^Creazione utenti – operazione/);
  await expect(page.getByRole("listitem").filter({ hasText: /^2 utenti creati$/ })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Completata" })).toBeVisible({ timeout: 30_000 });
  await align.button("Elimina i 2 utenti creati").click();
  const question = page.getByRole("alertdialog", { name: "Eliminare gli utenti creati?" });
  await question.getByRole("button", { name: "Elimina i 2 utenti creati" }).click();
  await expect(align.messages).toContainText("Utenti eliminati: 2");

  // One person, several roles: no second account.
  await align.goto("?scheda=crea&tipo=tutori");
  await expect(align.row(/ROSSI/)).toContainText("esiste già un utente con questo CF");
  await align.button("Collega ROSSI MARIA a 0000001").click();
  await expect(align.messages).toContainText("Collegato a ROSSI MARIA");
  await expect(page.getByText("Tutte le anagrafiche di questo tipo hanno un utente.")).toBeVisible();
});

test("pupils among the teachers need a confirmation", async ({ page }) => {
  const school = await School.empty();
  await school.account("segreteria");
  await school.import(
    "persons",
    `Codice;Cognome;Nome;Mail;Tipo anagrafica\n1;ALFANO;MARIA;${school.mail("alfano")};Alunni`,
  );
  await school.import(
    "users",
    `Nome utente;Cognome;Nome;Mail utente;Gruppi;Attivo\nsegreteria;Zampa;Segreteria;;${OFFICE};Si`,
  );
  await school.enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?scheda=crea&tipo=alunni");
  await page.getByRole("checkbox", { name: "Seleziona ALFANO MARIA" }).check();
  await page.getByLabel(/^Gruppo a cui collegare le utenze create/).selectOption("Docenti");
  await align.button("CREA UTENTI (1)").click();
  await align.button("Crea 1 utente").click();
  await expect(page.getByRole("link", { name: /^Conferma il gruppo/ })).toBeVisible();
  await page.getByRole("checkbox", { name: "Confermo: il gruppo è quello giusto" }).check();
  await align.button("Crea 1 utente").click();
  await expect(align.title).toHaveText(/^Creazione utenti – operazione/);
});
