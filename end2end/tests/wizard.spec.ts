// The wizard «autorizzazioni – panoramica – codice»: in German, and by keyboard alone.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { WizardPage } from "../pages/wizard.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";
import { hydrated } from "../support/hydration.ts";
import { tabTo } from "../support/keyboard.ts";
import { mailsTo } from "../support/mailbox.ts";
import { mailFolder } from "../support/school.ts";

test("in German: roles of another category go into another profile, and a draft outlives the page", async ({ page, context }) => {
  test.setTimeout(120_000);
  const canton = await Canton.make();
  await canton.enter(page);
  await context.addCookies([{ name: "delega_lang", value: "de", url: new URL(test.info().project.use.baseURL!).origin }]);
  const wizard = new WizardPage(page);
  const at = new BasePage(page);
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await wizard.openFor(/Lago/);
  await expect(at.title).toHaveText("Berechtigungen managen");
  await expectAccessible(page);
  await page.getByRole("searchbox", { name: "Rolle suchen" }).fill("KT_Us");
  await expect(page.getByRole("radio", { name: /^BFS/ })).toHaveCount(0);
  await page.getByRole("radio", { name: /^KT_User/ }).check();
  await button("Berechtigen").click();
  await expect(page.getByText("Rollen verschiedener Kategorien gehören in verschiedene Profile")).toBeVisible();

  await button("Neues Profil hinzufügen").click();
  const naming = at.dialog("Neues Profil hinzufügen");
  await naming.getByRole("textbox", { name: "Name des Profils" }).fill("Kanton");
  await expectAccessible(page);
  await naming.getByRole("button", { name: "Speichern" }).click();
  await expect(page.getByRole("button", { name: "Kanton", exact: true })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("radio", { name: /^KT_User/ }).check();
  await button("Berechtigen").click();
  await expect(at.row(/KT_User/)).toBeVisible();
  await page.getByRole("tab", { name: "Erteilen von Berechtigungen für delegiertes Management" }).click();
  await page.getByRole("checkbox", { name: "Delegiertes Management von Benutzern", exact: true }).check();
  await page.getByRole("checkbox", { name: "Delegiertes Management von Benutzern: inkl. Vertretung" }).check();
  await expectAccessible(page);
  await button("Weiter").click();
  await expect(at.title).toHaveText("Übersicht");

  // Back and a reload lose nothing.
  await page.goBack();
  await hydrated(page);
  await expect(page.getByText("Entwurf wieder aufgenommen")).toBeVisible();
  await expect(at.row(/KT_User/)).toBeVisible();
  await page.goForward();
  await hydrated(page);
  const main = page.getByRole("main");
  await expect(main).toContainText("KT_User – Ganze Organisation, unbegrenzt");
  await expect(main).toContainText("inkl. Vertretung");
  await expectAccessible(page);
  const reason = page.getByRole("textbox", { name: /^Begründung für Berechtigung/ });
  await reason.fill("     kurz     ");
  await button("Onboarding manuell starten").click();
  await expect(reason).toBeFocused();
  await expect(page.getByText("Schreiben Sie mindestens 10 Zeichen.")).toBeVisible();
  await button("Neue/r Mitarbeiter/in").click();
  await button("Onboarding manuell starten").dblclick();
  await expect(at.title).toHaveText("Management-Arbeiten abgeschlossen");
  await hydrated(page);
  await expectAccessible(page);
  await button("Onboarding-Code per E-Mail senden").click();
  await expect
    .poll(async () => (await mailsTo(mailFolder(), canton.mail("bruno.lago"))).length, { message: "one mail" })
    .toBe(1);
});

test("by keys alone, from the row to the code in the mail", async ({ page }) => {
  test.setTimeout(120_000);
  const canton = await Canton.make();
  await canton.enter(page);
  const at = new BasePage(page);
  const keys = page.keyboard;
  await at.open("/utenti");
  await tabTo(page, at.button("Altri comandi per Monte Carla"));
  await keys.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  // The first letter leads to the command.
  await keys.press("a");
  await expect(page.getByRole("menuitem", { name: "Autorizzazioni e registrazione…" })).toBeFocused();
  await keys.press("Enter");
  await expect(at.title).toHaveText("Gestire le autorizzazioni");
  await hydrated(page);

  const filter = page.getByRole("searchbox", { name: "Cerca un ruolo" });
  await tabTo(page, filter);
  await keys.type("SP_User_Unter");
  await tabTo(page, page.getByRole("radio", { name: /^SP_User_Unternehmen/ }));
  await keys.press("Space");
  await tabTo(page, page.getByRole("button", { name: "Assegnare", exact: true }));
  await keys.press("Enter");
  await expect(at.row(/SP_User_Unternehmen/)).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Avanti" }));
  await keys.press("Enter");
  await expect(at.title).toHaveText("Panoramica");
  await hydrated(page);
  await tabTo(page, page.getByRole("textbox", { name: /^Motivazione dell'autorizzazione/ }));
  await keys.type("Nuova funzione da gennaio");
  await tabTo(page, at.button("Avvia il processo di registrazione manualmente"));
  await keys.press("Enter");
  await expect(at.title).toHaveText("Operazioni di gestione completate");
  await hydrated(page);
  await tabTo(page, at.button("Invia il codice di registrazione via e-mail"));
  await keys.press("Enter");
  await expect
    .poll(async () => (await mailsTo(mailFolder(), canton.mail("carla.monte"))).length, { message: "mails" })
    .toBe(1);
  await tabTo(page, at.link("Gestire altri utenti"));
  await keys.press("Enter");
  await expect(at.row(/Monte/)).toContainText("In corso");
});
