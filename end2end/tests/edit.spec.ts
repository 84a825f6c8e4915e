// Addresses, new users, a user's page, and two people at the same user.

import { expect, test, type Page } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { School, teachers } from "../support/school.ts";

const muted = { username: "9000001", surname: "Zanetti", name: "Muto", groups: "Docenti" };

/** The page of a user, reached from the list. */
async function sheetOf(page: Page, name: string): Promise<BasePage> {
  const users = new UsersPage(page);
  await users.goto();
  await users.link(`Modifica ${name}`).click();
  const sheet = new BasePage(page);
  await expect(sheet.title).toHaveText(name);
  return sheet;
}

test("a missing mailbox is added from its row; a wrong address keeps what was typed", async ({ page }) => {
  const school = await School.with([...teachers(1), muted]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto();
  const row = users.row("Zanetti Muto");
  await expect(row).toContainText("Casella mail non definita");
  await expect(users.row("Bianchi Anna")).not.toContainText("Casella mail non definita");
  await row.getByRole("button", { name: "Aggiungi la mail di Zanetti Muto" }).click();
  const editor = users.dialog("Mail utente di Zanetti Muto");
  const field = editor.getByLabel("Mail utente");
  await expect(field).toBeFocused();
  await field.fill("muto.docenti.example");
  await page.keyboard.press("Enter");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(/Inserisci l'indirizzo e-mail, ad esempio nome@scuola\.it/);
  await expect(field).toHaveValue("muto.docenti.example");

  await page.keyboard.press("Escape");
  await expect(editor).toBeHidden();
  await expect(row.getByRole("button", { name: "Aggiungi la mail di Zanetti Muto" })).toBeFocused();

  await row.getByRole("button", { name: "Aggiungi la mail di Zanetti Muto" }).click();
  await field.fill("muto@docenti.example");
  await editor.getByRole("button", { name: "Salva", exact: true }).click();
  await expect(editor).toBeHidden();
  await expect(row).toContainText("muto@docenti.example");
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
  await users.goto();
  await expect(row).toContainText("muto@docenti.example");
});

test("a new user gets a name by itself, needs surname, name and group, and a long name is refused in words", async ({
  page,
}) => {
  const school = await School.with(teachers(1));
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto();
  await users.link("Nuovo utente").click();
  const form = new BasePage(page);
  await expect(form.title).toHaveText("Nuovo utente");
  await form.button("Salva").first().click();
  const problem = page.getByRole("group", { name: "C'è un problema" });
  await expect(problem).toBeFocused();
  for (const words of ["Inserisci il cognome", "Inserisci il nome", "Scegli almeno un gruppo"]) {
    await expect(problem).toContainText(words);
  }
  await expect(page).toHaveTitle(/^Errore: Nuovo utente/);
  await form.field("Cognome").fill("A".repeat(300));
  await form.field("Nome").fill("Nuova");
  await form.field("Mail utente").fill("nuova@docenti.example");
  await page.getByRole("checkbox", { name: "Docenti" }).check();
  await form.button("Salva").first().click();
  await expect(problem).toContainText(/Scrivi al massimo \d+ caratteri/);
  await expect(page.getByRole("checkbox", { name: "Docenti" }), "nothing typed is lost").toBeChecked();
  await form.field("Cognome").fill("D'Angelò");
  await form.button("Salva").first().click();
  await expect(form.title).toHaveText("D'Angelò Nuova");
  await expect(form.messages).toContainText(/Utente creato: D'Angelò Nuova, nome utente \S+/);
  await users.goto("#q=dangelo");
  await expect(users.row("D'Angelò Nuova")).toContainText("nuova@docenti.example");
});

test("a user's page saves, tells the history, and holds back who leaves with something unsaved", async ({ page }) => {
  const school = await School.with(teachers(1));
  await school.enter(page);
  const sheet = await sheetOf(page, "Bianchi Anna");
  const email = sheet.field("Mail utente");
  await email.fill("anna.nuova@docenti.example");
  await sheet.button("Salva").first().click();
  await expect(page.getByRole("region", { name: "Messaggi", exact: true })).toContainText("Dati di Bianchi Anna salvati");
  await expect(page.getByRole("region", { name: "Cronologia" })).toContainText("anna.nuova@docenti.example");

  await email.fill("anna.nuova@docenti.example\r\nBcc: altri@altrove.example");
  await sheet.button("Salva").first().click();
  await expect(email, "a line break never becomes a header").not.toHaveValue(/[\r\n]/);
  await sheet.button("Annulla le modifiche").click();
  await expect(email).toHaveValue("anna.nuova@docenti.example");

  await sheet.field("Cognome").fill("Bianchi Neri");
  await page.getByRole("navigation", { name: "Principale" }).getByRole("link", { name: "Utenti" }).click();
  const guard = page.getByRole("alertdialog", { name: "Hai modifiche non salvate" });
  await guard.getByRole("button", { name: "Resta qui" }).click();
  await expect(sheet.field("Cognome")).toHaveValue("Bianchi Neri");
  await page.getByRole("navigation", { name: "Principale" }).getByRole("link", { name: "Utenti" }).click();
  await guard.getByRole("button", { name: "Salva ed esci" }).click();
  await expect(page).toHaveURL(/\/utenti$/);
  await expect(new UsersPage(page).row("Bianchi Neri Anna")).toBeVisible();
});

test("deactivating asks for a motivation, ends the access and can be taken back", async ({ page }) => {
  const school = await School.with(teachers(1));
  await school.enter(page);
  const sheet = await sheetOf(page, "Bianchi Anna");
  await sheet.button("Disattiva").click();
  const question = page.getByRole("alertdialog", { name: "Disattivare Bianchi Anna?" });
  await question.getByRole("button", { name: "Disattiva Bianchi Anna" }).click();
  await expect(question.getByText("Scrivi la motivazione")).toBeVisible();
  await question.getByLabel("Motivazione").fill("Trasferita in un'altra scuola");
  await question.getByRole("button", { name: "Disattiva Bianchi Anna" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByRole("region", { name: "Stato" })).toContainText("No");
  await expect(page.getByRole("region", { name: "Cronologia" })).toContainText("Motivo: Trasferita in un'altra scuola");
  const users = new UsersPage(page);
  await users.goto("?stato=inattivo");
  await expect(users.surnames).toHaveText(["Bianchi"]);
  await users.link("Modifica Bianchi Anna").click();
  await sheet.button("Riattiva").first().click();
  await expect(page.getByRole("region", { name: "Stato" })).toContainText("Sì");
});

test("two secretaries save the same user: the second sees both versions and loses neither", async ({
  page,
  browser,
  complaints,
}) => {
  complaints.allow(/409/);
  const school = await School.with([...teachers(1), muted], ["segreteria", "collega"]);
  const context = await browser.newContext();
  const second = await context.newPage();
  await complaints.watch(second);
  await school.enter(page);
  await school.enter(second, "collega");
  const mine = await sheetOf(page, "Bianchi Anna");
  const theirs = await sheetOf(second, "Bianchi Anna");

  await theirs.field("Mail utente").fill("loro@docenti.example");
  await theirs.button("Salva").first().click();
  await expect(second.getByRole("region", { name: "Messaggi", exact: true })).toContainText("salvati");

  await mine.field("Mail utente").fill("mia@docenti.example");
  await mine.button("Salva").first().click();
  const conflict = page.getByRole("alert").filter({ hasText: "Qualcun altro ha salvato questo utente nel frattempo" });
  await expect(conflict.getByRole("row", { name: /^Mail utente/ })).toContainText("mia@docenti.example");
  await expect(conflict.getByRole("row", { name: /^Mail utente/ })).toContainText("loro@docenti.example");
  await expect(mine.field("Mail utente")).toHaveValue("mia@docenti.example");
  await conflict.getByRole("button", { name: "Sovrascrivi" }).click();
  await expect(conflict).toBeHidden();
  await theirs.reload();
  await expect(theirs.field("Mail utente")).toHaveValue("mia@docenti.example");

  // The same from a row of the list.
  const users = new UsersPage(page);
  await users.goto();
  await users.button("Aggiungi la mail di Zanetti Muto").click();
  const sheet = await sheetOf(second, "Zanetti Muto");
  await sheet.field("Mail utente").fill("prima@docenti.example");
  await sheet.button("Salva").first().click();
  await expect(second.getByRole("region", { name: "Messaggi", exact: true })).toContainText("Dati di Zanetti Muto salvati");
  const editor = users.dialog("Mail utente di Zanetti Muto");
  await editor.getByLabel("Mail utente").fill("seconda@docenti.example");
  await editor.getByRole("button", { name: "Salva", exact: true }).click();
  await expect(editor.getByRole("alert")).toContainText("Salvato ora: prima@docenti.example");
  await editor.getByRole("button", { name: "Ricarica" }).click();
  await expect(editor.getByLabel("Mail utente")).toHaveValue("prima@docenti.example");
  await context.close();
});

test("the toast after a new user outlives the change of page", async ({ page }) => {
  const school = await School.with(teachers(1));
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto();
  await users.link("Nuovo utente").click();
  const form = new BasePage(page);
  await form.field("Cognome").fill("D'Angelò");
  await form.field("Nome").fill("Nuova");
  await page.getByRole("checkbox", { name: "Docenti" }).check();
  await form.button("Salva").first().click();
  await expect(page.getByRole("region", { name: "Messaggi", exact: true })).toContainText(/Utente creato: D'Angelò Nuova, nome utente \S+/);
});
