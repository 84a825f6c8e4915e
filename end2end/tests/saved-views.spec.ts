// «Viste»: a filter kept under a name, for oneself or for everybody, with its count.

import { expect, test } from "../fixtures/test.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { School, teachers } from "../support/school.ts";

test("a filter is kept under a name and its address tells nothing of it", async ({ page }) => {
  const school = await School.with(teachers(14));
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto();
  // Everybody is no view: there is nothing to keep yet.
  await expect(users.button("Salva vista")).toHaveCount(0);
  await users.searchFor("bianchi");
  await users.expectFound(2);
  await users.button("Salva vista").press("Enter");
  const dialog = users.dialog("Salva vista");
  const name = dialog.getByLabel("Nome della vista");
  await expect(name).toBeFocused();
  for (const colours of ["dark", "light"] as const) {
    await inColours(page, colours);
    await expectAccessible(page);
  }
  await name.fill("Famiglia B");
  await name.press("Enter");
  await expect(users.messages).toContainText("Vista «Famiglia B» salvata");
  await expect(page).toHaveURL(/\/utenti\?vista=\d+$/);
  await expect(users.view(/^Famiglia B 2$/)).toHaveAttribute("aria-current", "true");

  // The address alone finds the same; another filter is no longer the view.
  await users.open(page.url());
  await users.expectFound(2);
  await expect(users.search).toHaveValue("bianchi");
  await users.searchFor("conti");
  await users.expectFound(2);
  await expect(users.button("Elimina vista")).toHaveCount(0);
  await users.view(/^Famiglia B/).click();
  await expect(page).toHaveURL(/\/utenti\?vista=\d+$/);
  for (const [width, height] of [[768, 1024], [320, 640]] as const) {
    await page.setViewportSize({ width, height });
    await users.expectNoSidewaysScroll();
  }
  await expectAccessible(page);
  await users.button("Elimina vista").click();
  const question = page.getByRole("alertdialog", { name: "Elimina la vista «Famiglia B»?" });
  await question.getByRole("button", { name: "Elimina vista" }).click();
  await expect(users.messages).toContainText("Vista «Famiglia B» eliminata");
  await expect(users.view(/^Famiglia/)).toHaveCount(0);
  await expect(page).toHaveURL(/\/utenti$/);
});

test("a view is its owner's until it is shared, and of one name there is one", async ({ page, browser, complaints }) => {
  complaints.allow(/422.*views/);
  const school = await School.with(teachers(14), ["segreteria", "collega"]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?mail=manca");
  await users.button("Salva vista").click();
  const dialog = users.dialog("Salva vista");
  await dialog.getByRole("button", { name: "Salva", exact: true }).click();
  await expect(dialog).toContainText("Scrivi un nome per la vista");
  await dialog.getByLabel("Nome della vista").fill("Da completare");
  await dialog.getByRole("button", { name: "Salva", exact: true }).click();
  await expect(users.view(/^Da completare 2$/)).toHaveAttribute("aria-current", "true");

  const beside = await browser.newContext();
  const other = await beside.newPage();
  await school.enter(other, "collega");
  const theirs = new UsersPage(other);
  await theirs.open(page.url());
  await expect(other.getByText("Questa vista non c'è più, o non è più condivisa.")).toBeVisible();

  await users.button("Modifica vista").click();
  const edit = users.dialog("Modifica vista «Da completare»");
  await edit.getByLabel("Nome della vista").fill("Senza indirizzo");
  await edit.getByRole("checkbox", { name: "Condividi con tutto l'ente" }).check();
  await edit.getByRole("button", { name: "Salva", exact: true }).click();
  await expect(users.view(/^Senza indirizzo \(condivisa\) 2$/)).toBeVisible();

  await theirs.open(page.url());
  await theirs.expectFound(2);
  await expect(theirs.view(/^Senza indirizzo/)).toHaveAttribute("aria-current", "true");
  await expect(theirs.button("Elimina vista")).toHaveCount(0);
  await theirs.searchFor("conti");
  await theirs.button("Salva vista").click();
  const again = theirs.dialog("Salva vista");
  await again.getByLabel("Nome della vista").fill("senza INDIRIZZO");
  await again.getByRole("button", { name: "Salva", exact: true }).click();
  await expect(again).toContainText("C'è già una vista con questo nome");
  await expectAccessible(other);
  await beside.close();
});
