// `/io`: what people see of themselves, and the PIN.

import { expect, test } from "../fixtures/test.ts";
import { OwnAccountPage } from "../pages/own-account.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { PASSWORD, School } from "../support/school.ts";

test("who has no rights lands on the own page, reads what stands in the way, and changes the PIN by keyboard", async ({
  page,
  complaints,
}) => {
  complaints.allow(/422.*account\/pin/);
  const school = await School.empty();
  await school.staff("docente", "Docenti");
  await school.enter(page, "docente");
  const own = new OwnAccountPage(page);
  await own.open("/");
  await expect(page).toHaveURL(/\/io$/);
  await expect(own.title).toHaveText("Il tuo utente");
  await expect(page.getByText("anagrafica non allineata")).toBeVisible();
  for (const [width, height, scheme] of [
    [1280, 800, "light"],
    [768, 1024, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height });
    await inColours(page, scheme);
    await expectAccessible(page);
    await own.expectNoSidewaysScroll();
  }

  await own.button("Scegli il PIN").press("Enter");
  await expect(own.pin).toBeVisible();
  await own.field("Password attuale").fill(PASSWORD);
  await own.field("Nuovo PIN").fill("123456");
  await page.keyboard.press("Enter");
  await expect(own.pin.getByRole("group", { name: "C'è un problema" })).toContainText("meno prevedibile");
  await expectAccessible(page);
  await own.field("Nuovo PIN").fill("4821 70");
  await page.keyboard.press("Enter");
  await expect(own.messages).toContainText("PIN cambiato");
  await expect(own.button("Cambia PIN")).toBeVisible();

  await own.button("Mostra i tuoi accessi").press("Enter");
  await expect(own.dialog("I tuoi accessi")).toContainText("Questo dispositivo");
  await page.keyboard.press("Escape");
  await expect(own.button("Mostra i tuoi accessi")).toBeFocused();
});
