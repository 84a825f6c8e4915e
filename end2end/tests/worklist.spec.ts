// `/abilitazioni` from the first code to the one asked for: prepared, sent, ended, asked for
// by the person, sent anew.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { RegistrationPage } from "../pages/registration.page.ts";
import { WizardPage } from "../pages/wizard.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";
import { endCodes } from "../support/clock.ts";
import { hydrated } from "../support/hydration.ts";
import { mailsTo } from "../support/mailbox.ts";
import { mailFolder } from "../support/school.ts";

test("whoever comes with an ended code asks for a new one, and the delegate finds it on the desk", async ({ page, browser, complaints }) => {
  test.setTimeout(120_000);
  // The ended code answers 422.
  complaints.allow(/422/);
  const canton = await Canton.make();
  await canton.enter(page);
  const wizard = new WizardPage(page);
  await wizard.startFor(/Riva/, "Nuova collaboratrice");

  const at = new BasePage(page);
  await at.open("/abilitazioni");
  await expect(at.title).toHaveText("Abilitazioni");
  await expectAccessible(page);
  const tab = (name: string) => page.getByRole("tab", { name });
  await expect(tab("Da inviare (1)")).toHaveAttribute("aria-selected", "true");
  await at.button("Altri comandi per Riva Ada").click();
  await page.getByRole("menuitem", { name: "Inviare il nuovo codice di registrazione via e-mail." }).click();
  await expect(at.messages).toContainText("Nuovo codice in partenza per Riva Ada");
  await expect
    .poll(async () => (await mailsTo(mailFolder(), canton.mail("ada.riva"))).length, { message: "mails with a code" })
    .toBe(1);
  const code = canton.codeIn((await mailsTo(mailFolder(), canton.mail("ada.riva")))[0]!);
  await at.reload();
  await tab("In attesa (1)").click();
  await expect(at.row(/Riva/)).toContainText("In corso");
  await page.getByRole("searchbox", { name: "Nome, e-mail o codice utente" }).fill("nessuno");
  await at.button("Cerca").click();
  await expect(page.getByText("Nessuna registrazione corrisponde alla ricerca.")).toBeVisible();
  await at.button("Azzera la ricerca").click();
  await expect(at.row(/Riva/)).toBeVisible();

  await endCodes(canton.code);
  const theirs = await browser.newContext({ locale: "it-IT" });
  const invited = await theirs.newPage();
  const registration = new RegistrationPage(invited);
  await registration.open();
  await hydrated(invited);
  await registration.enter(canton.mail("ada.riva"), code);
  await expect(invited.getByRole("heading", { level: 1 })).toHaveText("Il codice è scaduto");
  await expectAccessible(invited);
  await invited.getByRole("button", { name: "Chiedi un nuovo codice al tuo responsabile" }).click();
  await expect(invited.getByRole("heading", { level: 1 })).toHaveText("Richiesta inviata");
  await expectAccessible(invited);
  await theirs.close();

  await at.open("/");
  await at.link(/1\s*Nuovi codici chiesti/).click();
  await expect(page).toHaveURL(/\/abilitazioni\?stato=richiesto$/);
  await expect(tab("Nuovo codice chiesto (1)")).toHaveAttribute("aria-selected", "true");
  await expect(at.row(/Riva/)).toContainText("Ha chiesto un nuovo codice");
  await expectAccessible(page);
  await at.button("Altri comandi per Riva Ada").click();
  await page.getByRole("menuitem", { name: "Inviare il nuovo codice di registrazione via e-mail." }).click();
  await expect
    .poll(async () => (await mailsTo(mailFolder(), canton.mail("ada.riva"))).length, { message: "mails with a code" })
    .toBe(2);
  await at.open("/abilitazioni?stato=richiesto");
  await expect(page.getByText("Nessuna registrazione in questo stato.")).toBeVisible();
  await at.open("/");
  await expect(at.link(/0\s*Nuovi codici chiesti/)).toBeVisible();
});
