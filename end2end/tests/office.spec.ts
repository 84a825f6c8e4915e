// The school office: what one act leaves for the next one, and what two people at once see.

import { expect, test } from "../fixtures/test.ts";
import { AlignmentPage } from "../pages/alignment.page.ts";
import { BasePage } from "../pages/base.page.ts";
import { GroupsDialog } from "../pages/groups.dialog.page.ts";
import { LettersPage } from "../pages/letters.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { OFFICE, School } from "../support/school.ts";

const PERSONS = "Codice;Cognome;Nome;Codice fiscale;Mail;Tipo anagrafica;Plesso;Anno scolastico;Classe";
const USERS = "Nome utente;Cognome;Nome;Codice fiscale;Mail utente;Gruppi;Attivo";

test("who was created without a mailbox gets a letter, and nobody leaves unprinted ones by mistake", async ({ page }) => {
  const school = await School.with([]);
  await school.import("persons", `${PERSONS}\n1;ALFANO;MARIA;;;Alunni;Primaria Dante;2026/2027;1B`);
  await school.enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?scheda=crea&tipo=alunni");
  await page.getByRole("checkbox", { name: /^Seleziona tutte le anagrafiche/ }).check();
  await align.button("CREA UTENTI (1)").click();
  await align.button("Crea 1 utente").click();
  await expect(align.title).toHaveText(/^Creazione utenti – operazione/);
  await expect(page.getByText("1 senza casella mail")).toBeVisible();
  await expectAccessible(page);
  await align.link("Stampa lettere per chi non ha mail").click();

  const letters = new LettersPage(page);
  await letters.button("Prepara 1 lettera").click();
  await expect(letters.papers).toHaveCount(1);
  const people = page.getByRole("navigation", { name: "Principale" }).getByRole("link", { name: "Utenti" });
  await people.click();
  const question = page.getByRole("alertdialog", { name: "Le password si vedono solo su questa pagina" });
  await expect(question).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(letters.papers).toHaveCount(1);
  await people.click();
  await question.getByRole("button", { name: "Esci lo stesso" }).click();
  await expect(page).toHaveURL(/\/utenti$/);

  // What was left is found again: on the own desk, and where letters begin.
  await letters.open("/");
  await page.getByRole("link", { name: /Stampe di lettere non confermate/ }).click();
  await page.getByRole("link", { name: "Apri la stampa" }).click();
  await expect(page.getByText("Queste lettere sono già state mostrate")).toBeVisible();
  await letters.button("Ho stampato le lettere").click();
  await expect(page.getByText("Stampa confermata")).toBeVisible();
  await letters.open("/");
  await expect(letters.title).toBeVisible();
  await expect(page.getByRole("link", { name: /Stampe di lettere non confermate/ })).toBeHidden();
});

test("a linked card says so, and a pupil without a class reads «nessun curriculum presente»", async ({ page, browser }) => {
  const school = await School.empty();
  await school.account("segreteria");
  await school.account("alunna");
  await school.import(
    "persons",
    `${PERSONS}\n1518;ALFANO;MARIA;RSSMRA80A41H501Y;;Alunni;Primaria Dante;2024/2025;1B`,
  );
  await school.import(
    "users",
    `${USERS}\nalunna;ALFANO;MARIA;RSSMRA80A41H501Y;;Alunni;Si\nsegreteria;Zampa;Segreteria;;;${OFFICE};Si`,
  );
  await school.enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?tipo=alunni");
  await align.save.click();
  await expect(page.getByText("1 collegamento salvato").first()).toBeVisible();

  await align.open("/anagrafiche");
  const card = page.getByRole("article", { name: "ALFANO MARIA" });
  await expect(card).toContainText("00000000001518");
  await expect(card).toContainText("COLLEGATO UTENTE");
  await card.getByRole("link", { name: /alunna/ }).click();
  const section = page.getByRole("region", { name: "Perché non riesce ad accedere?" });
  await expect(section).toContainText("L'utente vede «nessun curriculum presente»");
  await section.getByRole("link", { name: "Apri anagrafica" }).click();
  await expect(page).toHaveURL(/\/anagrafiche\/\d+$/);

  const other = await browser.newPage();
  await school.enter(other, "alunna");
  await new BasePage(other).open("/io");
  await expect(other.getByText("nessun curriculum presente")).toBeVisible();
  await other.close();
});

test("a record that a colleague links meanwhile is named, and nothing is lost", async ({ page, browser }) => {
  const school = await School.empty();
  for (const name of ["segreteria", "collega"]) await school.account(name);
  await school.import("persons", `${PERSONS}\n1;LEA;BIANCHI;;;Dipendenti;;;\n2;VERDI;UGO;;;Dipendenti;;;`);
  await school.import(
    "users",
    [
      USERS,
      "0042190;BIANCHI;LEA;;;Docenti;Si",
      "0042191;UGO;VERDI;;;Docenti;Si",
      "0042192;NERI;IVO;;;Docenti;Si",
      `segreteria;Zampa;Segreteria;;;${OFFICE};Si`,
      `collega;Zampa;Collega;;;${OFFICE};Si`,
    ].join("\n"),
  );
  await school.enter(page);
  const align = new AlignmentPage(page);
  await align.goto();
  await align.use("LEA BIANCHI", "BIANCHI LEA").click();
  await align.use("VERDI UGO", "UGO VERDI").click();
  await expect(align.save).toHaveText("AGGIORNAMENTO COLLEGAMENTI (2 da salvare)");

  const other = await browser.newPage();
  await school.enter(other, "collega");
  const colleague = new AlignmentPage(other);
  await colleague.goto();
  await colleague.find("NERI IVO").click();
  const dialog = colleague.dialog("Ricerca anagrafica per NERI IVO");
  await dialog.getByLabel("Cognome, nome, codice fiscale o codice").fill("lea");
  await other.keyboard.press("Enter");
  await dialog.getByRole("radio", { name: /LEA BIANCHI/ }).check();
  await dialog.getByRole("button", { name: "Collega" }).click();
  await colleague.save.click();
  await expect(other.getByText("1 collegamento salvato").first()).toBeVisible();
  await other.close();

  await align.save.click();
  await expect(page.getByText("anagrafica già collegata a 0042192").first()).toBeVisible();
  await expect(align.tab(/^Utenti collegati \(2\)$/)).toBeVisible();
  await expect(align.save).toHaveText("AGGIORNAMENTO COLLEGAMENTI (1 da salvare)");
});

test("an unusual group is told in the dialog of one and on the page of many", async ({ page }) => {
  const school = await School.empty();
  await school.account("segreteria");
  await school.import("persons", `${PERSONS}\n1;ROSSI;MARIA;RSSMRA80A41H501Y;;Tutori;;;`);
  await school.import(
    "users",
    `${USERS}\n0042177;ROSSI;MARIA;RSSMRA80A41H501Y;;Tutori;Si\nsegreteria;Zampa;Segreteria;;;${OFFICE};Si`,
  );
  await school.enter(page);
  const align = new AlignmentPage(page);
  await align.goto("?tipo=tutori");
  await align.save.click();
  await expect(page.getByText("1 collegamento salvato").first()).toBeVisible();

  const users = new UsersPage(page);
  await users.goto("?gruppo=tutori");
  await users.groupsOf("ROSSI MARIA").click();
  const groups = new GroupsDialog(page);
  await groups.group("Alunni").check();
  await expect(groups.self).toContainText("Insolito: l'anagrafica collegata è di tipo");
  await expectAccessible(page);
  await groups.group("Alunni").uncheck();
  await groups.close.click();

  await users.selectPage.check();
  await users.tools.click();
  await users.item("Modifica gruppi degli utenti selezionati (1)").click();
  await page.getByRole("group", { name: /^Alunni / }).getByRole("radio", { name: "tutti" }).check();
  await expect(page.getByText("Insolito (utenti: 1)")).toBeVisible();
});
