// The row menu of a canton's users (P8-P11, X8): what can be done now, why not otherwise, the
// motivation, the way back; and the same acts on a selection.

import type { Locator } from "@playwright/test";
import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { WizardPage } from "../pages/wizard.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";
import { mailsTo } from "../support/mailbox.ts";
import { mailFolder } from "../support/school.ts";

const REMIND = "Invia un promemoria per la registrazione";
const NEW_CODE = "Inviare il nuovo codice di registrazione via e-mail.";

test("the row menu says what hinders each act; what is taken away asks why and comes back", async ({ page }) => {
  test.setTimeout(120_000);
  const canton = await Canton.make();
  await canton.enter(page);
  const at = new BasePage(page);
  const item = (name: string): Locator => page.getByRole("menuitem", { name });
  const menuOf = async (name: string) => {
    await at.button(`Altri comandi per ${name}`).click();
    await expect(item("Cancella/archivia l'utente")).toBeVisible();
  };
  await at.open("/utenti");
  await menuOf("Riva Ada");
  await expect(item(REMIND)).toHaveAttribute("aria-disabled", "true");
  await expect(item(REMIND)).toContainText("registrazione non ancora avviata");
  await expect(item(NEW_CODE)).toContainText("registrazione non ancora avviata");
  await expectAccessible(page);
  await item("Autorizzazioni e registrazione…").click();
  await expect(at.title).toHaveText("Gestire le autorizzazioni");

  const wizard = new WizardPage(page);
  await wizard.startFor(/Riva/, "Nuova collaboratrice");
  await wizard.button("Invia il codice di registrazione via e-mail").click();
  const mails = async () => (await mailsTo(mailFolder(), canton.mail("ada.riva"))).map((mail) => mail.subject);
  await expect.poll(async () => (await mails()).length, { message: "mails" }).toBe(1);
  await at.open("/utenti");
  await expect(at.row(/Riva/)).toContainText("In corso");
  await menuOf("Riva Ada");
  await item(REMIND).click();
  await expect(at.messages).toContainText("Promemoria in partenza per Riva Ada.");
  await expect.poll(async () => (await mails()).length, { message: "mails" }).toBe(2);
  expect((await mails())[1]).toContain("Promemoria");
  await menuOf("Riva Ada");
  await expect(item(REMIND)).toContainText("ultimo promemoria meno di 24 ore fa");

  await item("Disattiva l'utente").click();
  const ask = page.getByRole("alertdialog", { name: "Disattivare Riva Ada?" });
  const confirm = ask.getByRole("button", { name: "Disattiva Riva Ada" });
  await ask.getByRole("textbox", { name: "Motivazione" }).fill("    via     ");
  await confirm.click();
  await expect(ask).toContainText("Da 10 a 500 caratteri");
  await expect(ask.getByRole("textbox", { name: "Motivazione" })).toBeFocused();
  await expectAccessible(page);
  await ask.getByRole("textbox", { name: "Motivazione" }).fill("Ha lasciato l'ospedale");
  await confirm.click();
  await expect(ask).toBeHidden();
  await expect(at.row(/Riva/)).toContainText("Inattivo");
  await menuOf("Riva Ada");
  await expect(item(NEW_CODE)).toContainText("utente non attivo");
  await page.keyboard.press("Escape");
  await at.messages.getByRole("button", { name: "Riattiva" }).click();
  await expect(at.row(/Riva/)).toContainText("Attivo");
  await expect(at.messages).toContainText("Riva Ada è di nuovo attivo.");

  await menuOf("Lago Bruno");
  await item("Cancella/archivia l'utente").click();
  const archive = page.getByRole("alertdialog", { name: "Archiviare Lago Bruno?" });
  await archive.getByRole("textbox", { name: "Motivazione" }).fill("Pensionato dal primo novembre");
  await archive.getByRole("button", { name: "Archivia Lago Bruno" }).click();
  // The row stays where it stood until the list is read again.
  await expect(at.row(/Lago/)).toContainText("Archiviato");
  await at.messages.getByRole("button", { name: "Ripristina" }).click();
  await expect(at.row(/Lago/)).toContainText("Inattivo");
});

test("the same acts on a selection: who takes part, who not and why, and what became of each", async ({ page }) => {
  test.setTimeout(120_000);
  const canton = await Canton.make();
  await canton.enter(page);
  const wizard = new WizardPage(page);
  await wizard.startFor(/Riva/, "Nuova collaboratrice");
  const at = new BasePage(page);
  await at.open("/utenti");
  for (const name of ["Riva Ada", "Monte Carla"]) await page.getByRole("checkbox", { name: `Seleziona ${name}` }).check();
  await at.button("UTILITA'").click();
  await page.getByRole("menuitem", { name: "Invio di nuovi codici di registrazione" }).click();
  await expect(at.title).toHaveText("Invio di nuovi codici di registrazione");
  await expect(page.getByRole("region", { name: "Utenti che l'operazione riguarda: 1" })).toContainText("Riva Ada");
  await expect(page.getByRole("region", { name: "Utenti esclusi: 1" })).toContainText("Monte Carla – registrazione non ancora avviata");
  await expectAccessible(page);
  await at.button("Conferma (utenti: 1)").dblclick();
  await expect(page.getByRole("status").filter({ hasText: "Fatto, utenti: 1" })).toContainText("Non fatto, utenti: 1");
  await expectAccessible(page);
  await expect
    .poll(async () => (await mailsTo(mailFolder(), canton.mail("ada.riva"))).length, { message: "one mail, not two" })
    .toBe(1);

  await at.link("Torna agli utenti").click();
  await expect(at.row(/Riva/)).toContainText("In corso");
  for (const name of ["Riva Ada", "Monte Carla"]) await page.getByRole("checkbox", { name: `Seleziona ${name}` }).check();
  await at.button("UTILITA'").click();
  await page.getByRole("menuitem", { name: "Disattiva utenti selezionati" }).click();
  const go = at.button("Conferma (utenti: 2)");
  await go.click();
  await expect(page.getByRole("textbox", { name: "Motivazione" })).toBeFocused();
  await page.getByRole("textbox", { name: "Motivazione" }).fill("Reparto chiuso a fine mese");
  await go.click();
  await expect(page.getByText("Fatto, utenti: 2")).toBeVisible();
  await at.link("Torna agli utenti").click();
  await expect(at.row(/Riva/)).toContainText("Inattivo");
  await expect(at.row(/Monte/)).toContainText("Inattivo");
  await expect(at.row(/Lago/)).toContainText("Attivo");
});
