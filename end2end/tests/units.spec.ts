// Terms of use, the unit worked in, and a unit that is closed.
import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { Canton } from "../support/canton.ts";

test("the terms of use come first; the unit chosen is where everything happens", async ({ page }) => {
  const canton = await Canton.make();
  await canton.enter(page, false);
  const at = new BasePage(page);
  await at.open("/utenti");
  await expect(at.title).toHaveText("Condizioni d'uso");
  await expectAccessible(page);
  await at.button("Avanti").click();
  await expect(page.getByText("Spunta la casella per continuare.")).toBeVisible();
  await page.getByRole("checkbox", { name: "Ho letto e accetto le condizioni d'uso" }).check();
  await at.button("Avanti").click();
  await expect(at.title).toHaveText("Pagina principale");

  await at.open("/unita");
  await expect(at.title).toHaveText("Selezione dell'unità");
  await expect(at.row(/Cantone di prova/)).toContainText("3 utenti");
  await expectAccessible(page);
  await page.getByRole("radio", { name: "Ospedale Lago", exact: true }).check();
  await at.button("Avanti").click();
  await expect(page).toHaveURL(/\/utenti$/);
  await expect(at.row(/Riva/)).toBeVisible();
  await expect(at.row(/Lago/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Monte Carla" })).toHaveCount(0);
  await at.reload();
  await expect(page.getByRole("link", { name: "Monte Carla" })).toHaveCount(0);

  // A selection does not follow into another unit: that is asked first.
  await page.getByRole("checkbox", { name: "Seleziona Riva Ada" }).check();
  await page.getByRole("combobox", { name: "Unità" }).selectOption({ label: "Tutte le mie unità" });
  const ask = page.getByRole("alertdialog", { name: "Cambiare unità?" });
  await expect(ask).toContainText("Utenti selezionati: 1.");
  await ask.getByRole("button", { name: "Annulla" }).click();
  // Nothing has changed, and the list of units says so.
  await expect(page.getByRole("combobox", { name: "Unità" }).locator("option:checked")).toHaveText(/Ospedale Lago$/);
  await page.getByRole("combobox", { name: "Unità" }).selectOption({ label: "Tutte le mie unità" });
  await ask.getByRole("button", { name: "Cambia unità" }).click();
  await expect(page.getByRole("link", { name: "Monte Carla", exact: true })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Seleziona Riva Ada" })).not.toBeChecked();
});

test("a unit is added, and closed only when its people go elsewhere", async ({ page }) => {
  const canton = await Canton.make();
  await canton.enter(page);
  const at = new BasePage(page);
  await at.open("/unita");
  await at.button("Altre azioni per Cantone di prova").click();
  await page.getByRole("menuitem", { name: "Aggiungi impresa" }).click();
  const sheet = at.dialog("Nuova unità: Impresa");
  await sheet.getByRole("textbox", { name: "Nome", exact: true }).fill("Ospedale Piano");
  await sheet.getByRole("textbox", { name: "ENTID" }).fill("12345");
  await sheet.getByRole("button", { name: "Salva" }).click();
  await expect(sheet).toContainText("Scrivi esattamente 9 cifre.");
  await expectAccessible(page);
  await sheet.getByRole("textbox", { name: "ENTID" }).fill("100 000 003");
  await sheet.getByRole("button", { name: "Salva" }).click();
  await expect(at.row(/Ospedale Piano/)).toContainText("100000003");

  await at.button("Altre azioni per Ospedale Monte").click();
  await page.getByRole("menuitem", { name: "Chiudi l'unità" }).click();
  const close = page.getByRole("alertdialog", { name: "Chiudere Ospedale Monte?" });
  await close.getByRole("combobox", { name: "Sposta gli utenti in" }).selectOption({ label: "Ospedale Piano" });
  await close.getByRole("textbox", { name: "Motivazione" }).fill("Fusione con il Piano");
  await close.getByRole("button", { name: "Chiudi Ospedale Monte" }).click();
  await expect(at.messages).toContainText("Utenti spostati: 1");
  await expect(at.row(/Ospedale Monte/)).toContainText("Chiusa");
  await expect(at.row(/Ospedale Piano/)).toContainText("1 utente");
});
