// «Modifica gruppi degli utenti selezionati»: the effect is read, confirmed and undone.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { School, teachers } from "../support/school.ts";

test("all found are moved together, who cannot be is named, the toast undoes it", async ({ page }) => {
  const school = await School.with([
    ...teachers(4),
    { username: "9000001", surname: "Verdi", name: "Ugo", groups: "Docenti, Tutori" },
  ]);
  await school.enter(page);
  const users = new UsersPage(page);
  await users.goto("?gruppo=docenti");
  await users.expectFound(5);
  await users.selectPage.check();
  await users.tools.click();
  await users.item("Modifica gruppi degli utenti selezionati (5)").click();

  const bulk = new BasePage(page);
  await expect(bulk.title).toHaveText("Modifica gruppi degli utenti selezionati");
  const group = (name: string) => page.getByRole("group", { name: new RegExp(`^${name} `) });
  await expect(group("Docenti")).toHaveAccessibleName(/ora: tutti i 5/);
  await expect(group("Tutori").getByRole("radio", { name: "alcuni" })).toBeChecked();
  await expect(group("Amministratori").getByRole("radio", { name: "tutti" })).toHaveAttribute("aria-disabled", "true");
  await expect(bulk.button("Modifica i gruppi")).toHaveAttribute("aria-disabled", "true");

  await group("Docenti").getByRole("radio", { name: "nessuno" }).check();
  await expect(page.getByText("Docenti tolto a 5 utenti (0 non lo hanno)")).toBeVisible();
  await expect(page.getByText("4 restano come sono: non avrebbero più nessun gruppo")).toBeVisible();
  await expect(bulk.button("Modifica i gruppi di 1 utente")).toBeVisible();
  await group("Tutori").getByRole("radio", { name: "tutti" }).check();
  await expect(page.getByText("Tutori aggiunto a 4 utenti (1 lo hanno già)")).toBeVisible();
  for (const [width, height, colorScheme] of [
    [1280, 800, "light"],
    [768, 1024, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height });
    await inColours(page, colorScheme);
    await expectAccessible(page);
    await bulk.expectNoSidewaysScroll();
  }
  await bulk.button("Modifica i gruppi di 5 utenti").click();
  await expect(bulk.messages).toContainText("Gruppi di 5 utenti aggiornati");
  await bulk.messages.getByRole("button", { name: "Annulla modifica" }).click();
  await expect(bulk.messages).toContainText("Modifica annullata: gruppi di 5 utenti come prima");
  await users.goto("?gruppo=docenti");
  await users.expectFound(5);
  await expect(users.row("Bianchi Anna")).not.toContainText("Tutori");
});
