// A user of a unit, prepared with the form of the portal (X9).
import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";

test("a new user is prepared as on the portal, warned about and named where known", async ({ page }) => {
  const canton = await Canton.make();
  await canton.enter(page);
  const at = new BasePage(page);
  await at.open("/utenti");
  for (const column of ["IDext", "Numero di telefono", "Stato della registrazione"]) {
    await expect(page.getByRole("columnheader", { name: column })).toBeVisible();
  }
  await expect(at.row(/Riva/)).toContainText("Da avviare");
  await at.link("Aggiungi un nuovo utente").click();
  await expect(at.title).toHaveText("Aggiungi nuovo utente");
  await expect(page.getByRole("textbox", { name: "Unità" })).toHaveValue("Cantone di prova");
  await at.field("Nome").fill("Lea");
  await at.field("Cognome").fill("Bianchi");
  await at.field("N. cellulare").fill("079 123 45 67");
  await at.field("Indirizzo e-mail").fill("lea@gmail.com");
  await page.keyboard.press("Tab");
  await expect(page.getByText("gmail.com è un indirizzo privato")).toBeVisible();
  await at.field("Indirizzo e-mail").fill(canton.mail("ada.riva"));
  await at.button("Salva e torna alla lista").click();
  await expect(page.getByRole("link", { name: /Riva Ada.*stesso indirizzo e-mail/ })).toBeVisible();
  await expectAccessible(page);
  await at.field("Indirizzo e-mail").fill("lea.bianchi@ospedale.example");
  await at.button("Salva e torna alla lista").click();
  await expect(at.row(/Bianchi/)).toContainText("+41791234567");
  await page.getByRole("combobox", { name: "Stato della registrazione" }).selectOption({ label: "Completata" });
  await expect(page.getByText("Nessun utente corrisponde ai filtri.").first()).toBeVisible();
  await expect(page).toHaveURL(/registrazione=completata/);
});

test("contact data are changed on the user's page, checked, and told in the trail", async ({ page, complaints }) => {
  // A wrong number and a change by somebody else.
  complaints.allow(/40[39]|422/);
  const canton = await Canton.make();
  await canton.enter(page);
  const at = new BasePage(page);
  await at.open("/utenti");
  await page.getByRole("link", { name: "Riva Ada", exact: true }).click();
  const section = page.getByRole("region", { name: "Dati di contatto" });
  await expect(section).toContainText("Nessun dato di contatto.");
  await section.getByRole("button", { name: "Modifica" }).click();
  const sheet = at.dialog("Dati di contatto");
  await sheet.getByLabel("N. cellulare").fill("interno 12");
  await sheet.getByLabel("Località").fill("Bellinzona");
  await sheet.getByRole("button", { name: "Salva" }).click();
  await expect(sheet.getByLabel("N. cellulare")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await sheet.getByLabel("N. cellulare").fill("079 123 45 67");
  await sheet.getByLabel("Paese").selectOption({ label: "Svizzera" });
  await sheet.getByRole("button", { name: "Salva" }).click();
  await expect(at.messages).toContainText("Dati di contatto salvati.");
  await expect(section).toContainText("+41791234567");
  await expect(section).toContainText("Bellinzona");
  await expectAccessible(page);
  await page.reload();
  await expect(section).toContainText("+41791234567");
  await expect(page.getByRole("region", { name: "Cronologia" })).toContainText("Dati di contatto cambiati");
  await at.open("/utenti");
  await expect(at.row(/Riva/)).toContainText("+41791234567");
});
