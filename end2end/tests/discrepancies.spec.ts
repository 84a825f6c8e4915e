// What people state when they register, and what the delegate makes of it: a slip closes by
// itself (P13), a private mailbox is led to a new profile (P14), «Non sono io» voids the code.

import type { Browser } from "@playwright/test";
import { expect, test } from "../fixtures/test.ts";
import { DiscrepanciesPage } from "../pages/discrepancies.page.ts";
import { RegistrationPage } from "../pages/registration.page.ts";
import { WizardPage, type HandedOver } from "../pages/wizard.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";
import { hydrated } from "../support/hydration.ts";
import { PASSWORD } from "../support/school.ts";

/** The page of somebody with a code, past address and code. */
async function invited(browser: Browser, { email, code }: HandedOver): Promise<RegistrationPage> {
  const context = await browser.newContext({ locale: "it-IT" });
  const registration = new RegistrationPage(await context.newPage());
  await registration.open();
  await hydrated(registration.page);
  await registration.enter(email, code);
  await expect(registration.page.getByRole("heading", { name: "Controlla i tuoi dati" })).toBeVisible();
  return registration;
}

test("a slip of the pen updates the data and closes by itself", async ({ page, browser }) => {
  test.setTimeout(120_000);
  const canton = await Canton.make();
  await canton.enter(page);
  const wizard = new WizardPage(page);
  await wizard.startFor(/Riva/, "Nuova collaboratrice");
  const registration = await invited(browser, await wizard.handOver());
  await registration.state({ nome: "Adda" });
  await registration.choosePassword(PASSWORD);
  await registration.done();
  await registration.page.context().close();

  const at = new DiscrepanciesPage(page);
  await at.open("/");
  await expect(at.link(/0\s*Discrepanze aperte/)).toBeVisible();
  await at.openOf(/Riva/, true);
  await expect(page.getByText(/^Chiusa da Delega .*Trascurabile/)).toBeVisible();
  await expect(at.compared("Nome")).toContainText("Adda");
  await expectAccessible(page);
  await at.link("Apri l'utente").click();
  await expect(at.title).toHaveText("Riva Adda");
});

test("a private mailbox: profile off, text to the person, a new profile prefilled", async ({ page, browser }) => {
  test.setTimeout(120_000);
  const canton = await Canton.make();
  await canton.enter(page);
  const wizard = new WizardPage(page);
  await wizard.startFor(/Monte/, "Nuova collaboratrice");
  const registration = await invited(browser, await wizard.handOver());
  await registration.state({ email: "carla.monte@gmail.com" });
  await registration.choosePassword(PASSWORD);
  await registration.done();
  await registration.page.context().close();

  const at = new DiscrepanciesPage(page);
  await at.open("/");
  await at.link(/1\s*Discrepanze aperte/).click();
  await expect(at.title).toHaveText("Discrepanze");
  await at.openOf(/Monte/);
  await expect(page.getByText("Probabile: E-mail privata")).toBeVisible();
  await expect(at.compared("E-mail")).toContainText("diverso (dominio privato)");
  await page.getByRole("radio", { name: "E-mail privata invece che professionale" }).check();
  await expect(at.button("Chiudi la discrepanza")).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("textbox", { name: "Motivazione" }).fill("Ha usato la casella privata");
  await at.button(/^Disattiva il profilo di/).click();
  await expect(page.getByLabel("Testo per l'utente")).toHaveValue(/indirizzo di lavoro/);
  await expectAccessible(page);
  await at.button("Ho contattato l'utente").click();
  await expect(page.getByText(/^Fatto il/)).toHaveCount(2);

  // Whoever leaves goes on where it stopped.
  await at.openOf(/Monte/);
  await expect(page.getByRole("radio", { name: "E-mail privata invece che professionale" })).toBeChecked();
  // Under another cause the account itself is still on: its first step is not done.
  await page.getByRole("radio", { name: "È un'altra persona" }).check();
  await expect(at.button(/^Disattiva subito/)).toBeVisible();
  await at.button("Continua da qui").click();
  await expect(page.getByRole("heading", { name: "Crea un nuovo profilo" })).toBeFocused();
  await expect(page.getByRole("textbox", { name: "Indirizzo e-mail professionale" })).toHaveValue(canton.mail("carla.monte"));
  await at.button("Crea il profilo e continua").click();
  await expect(at.title).toHaveText("Gestire le autorizzazioni");
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Profilo 2", exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(at.row(/SP_Read_Unternehmen/)).toContainText("Ospedale Monte");
  await at.button("Avanti").click();
  await wizard.start("Indirizzo professionale al posto del privato");
  const again = await invited(browser, await wizard.handOver());
  await again.state({});
  // The account was hers all along: its password is asked for and stays.
  await again.confirmPassword("non è questa password");
  await expect(again.page.getByLabel("Password attuale", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(again.page);
  await again.confirmPassword(PASSWORD);
  await again.done();
  await again.page.context().close();

  await at.openOf(/Monte/);
  await at.button("Chiudi la discrepanza").click();
  await expect(page.getByText(/^Chiusa da capo .*E-mail privata/)).toBeVisible();
});

test("who says «Non sono io» voids the code, and the delegate is told", async ({ page, browser, complaints }) => {
  test.setTimeout(120_000);
  complaints.allow(/422/);
  const canton = await Canton.make();
  await canton.enter(page);
  const wizard = new WizardPage(page);
  await wizard.startFor(/Lago/, "Nuovo collaboratore");
  const handed = await wizard.handOver();
  const registration = await invited(browser, handed);
  await registration.page.getByRole("button", { name: "Non sono io" }).click();
  await expect(registration.page.getByRole("heading", { name: "Grazie della segnalazione" })).toBeVisible();
  await expectAccessible(registration.page);
  await registration.open();
  await hydrated(registration.page);
  await registration.enter(handed.email, handed.code);
  await expect(registration.page.getByRole("link", { name: /non corrispondono/ })).toBeVisible();
  await registration.page.context().close();

  const at = new DiscrepanciesPage(page);
  await at.openOf(/Lago/);
  await expect(page.getByText("La persona ha premuto «Non sono io»")).toBeVisible();
  await expect(page.getByRole("radio", { name: /trascurabile/i })).toHaveCount(0);
  await expectAccessible(page);
});
