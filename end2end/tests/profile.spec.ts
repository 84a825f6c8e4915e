// Several profiles (X20): one is chosen after signing in, and only its rights count. And an
// act that wants the password again.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { RegistrationPage } from "../pages/registration.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { WizardPage } from "../pages/wizard.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";
import { ageSignIns } from "../support/clock.ts";
import { hydrated } from "../support/hydration.ts";
import { PASSWORD } from "../support/school.ts";

test("whoever has two profiles chooses one after signing in, and changes it from the own menu", async ({ page, browser, complaints }) => {
  test.setTimeout(120_000);
  // Wrong password, asked again.
  complaints.allow(/422/);
  const canton = await Canton.make();
  await canton.enter(page);
  const wizard = new WizardPage(page);
  await wizard.openFor(/Riva/);
  await wizard.button("Aggiungere un nuovo profilo").click();
  const naming = wizard.dialog("Aggiungere un nuovo profilo");
  await naming.getByRole("textbox", { name: "Nome del profilo" }).fill("Delega cantonale");
  await naming.getByRole("button", { name: "Salva" }).click();
  await wizard.prepare(/^KT_Superuser/, "Nuova delegata del cantone");

  // The code is shown only to whom gave the password a moment ago.
  await ageSignIns(canton.code);
  await wizard.button("Mostra il codice per consegna di persona").click();
  complaints.allow(/403/);
  await page.getByRole("button", { name: "Mostra il codice", exact: true }).click();
  const confirm = wizard.dialog("Conferma che sei tu");
  await confirm.getByLabel("Password", { exact: true }).fill("non è questa");
  await confirm.getByRole("button", { name: "Conferma" }).click();
  await expect(confirm.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await confirm.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await confirm.getByRole("button", { name: "Conferma" }).click();
  const { code, email } = await wizard.handed();

  const theirs = await browser.newContext({ locale: "it-IT" });
  const riva = await theirs.newPage();
  const registration = new RegistrationPage(riva);
  await registration.open();
  await hydrated(riva);
  await registration.enter(email, code);
  await registration.state({});
  await registration.choosePassword("lampada tregua ottavo biscotto");
  await registration.done();
  const signIn = new SignInPage(riva);
  await signIn.goto();
  await signIn.signIn(canton.code, "7000001", "lampada tregua ottavo biscotto");
  await signIn.leaveFor("/profilo");
  await expect(signIn.title).toHaveText("Selezione del profilo di ruolo");
  await expectAccessible(riva);
  // No way around.
  await signIn.open("/utenti");
  await expect(signIn.title).toHaveText("Selezione del profilo di ruolo");
  await signIn.button("Avanti").click();
  await expect(riva.getByRole("link", { name: "Scegli un profilo per continuare." })).toBeVisible();
  const own = riva.getByRole("radio", { name: "Delega cantonale" });
  await expect(own).toHaveAccessibleDescription("KT_Superuser");
  await own.check();
  await signIn.button("Avanti").click();
  await expect(signIn.title).toHaveText("Condizioni d'uso");
  await riva.getByRole("checkbox", { name: "Ho letto e accetto le condizioni d'uso" }).check();
  await signIn.button("Avanti").click();
  await expect(signIn.title).toHaveText("Pagina principale");
  await signIn.open("/utenti");
  await expect(signIn.row(/Monte/)).toBeVisible();

  await riva.getByRole("button", { name: "Riva Ada", exact: true }).click();
  await riva.getByRole("menuitem", { name: "Cambia profilo" }).click();
  await expect(own).toBeChecked();
  await riva.getByRole("radio", { name: "Profilo 1" }).check();
  await signIn.button("Avanti").click();
  await expect(riva).toHaveURL(/\/io$/);
  await new BasePage(riva).open("/utenti");
  await expect(signIn.row(/Monte/)).toHaveCount(0);
  await theirs.close();
});
