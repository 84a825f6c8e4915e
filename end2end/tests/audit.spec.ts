// «Registro attività»: what was done reads in words, is found, exported and put back.

import { expect, test } from "../fixtures/test.ts";
import { AuditPage } from "../pages/audit.page.ts";
import { GroupsDialog } from "../pages/groups.dialog.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { School, teachers } from "../support/school.ts";

test("a wrong group is found in the trail, read in words and put back; the file holds it too", async ({ page }) => {
  const school = await School.with(teachers(2));
  await school.account("direzione");
  await school.enter(page, "direzione");
  const users = new UsersPage(page);
  await users.goto();
  await users.groupsOf("Bianchi Anna").click();
  const groups = new GroupsDialog(page);
  await groups.group("Tutori").check();
  await groups.group("Docenti").uncheck();
  await groups.close.click();
  await expect(groups.self).toBeHidden();

  const trail = new AuditPage(page);
  await trail.goto();
  await expect(trail.entries.first()).toContainText("Gruppi cambiati");
  await expect(trail.entries.first()).toContainText("Gruppi: – Docenti + Tutori");
  await trail.searchFor("bianchi");
  // Two things were done to her: the import made her, the office moved her.
  await expect(trail.entries).toHaveCount(2);
  await expect(trail.entries.first()).toContainText("Gruppi cambiati");
  await expect(trail.entries.last()).toContainText("Utente creato");
  expect(new URL(page.url()).search, "a name stands in no address that a server sees").toBe("");

  const download = page.waitForEvent("download");
  await trail.button("Esporta").click();
  await trail.item("Esporta eventi (CSV)").click();
  expect((await download).suggestedFilename()).toMatch(/^registro-attivita-.*\.csv$/);

  await trail.restore("Bianchi Anna").click();
  const question = trail.question("Ripristina: Bianchi Anna");
  await expect(question).toContainText("Gruppi: – Docenti + Tutori");
  await expectAccessible(page);
  await question.getByRole("button", { name: "Ripristina" }).click();
  await expect(question).toBeHidden();
  await expect(trail.messages).toContainText("Ripristinato: Bianchi Anna");
  await expect(trail.entries.first()).toContainText("Gruppi: – Tutori + Docenti");
  await expect(trail.entries.first()).toContainText("Ripristino di un evento precedente");
  await expect(trail.entries.nth(1).getByRole("button")).toHaveCount(0);
  await users.goto();
  await expect(users.row("Bianchi Anna")).toContainText("Docenti");
});

test("without the right to read the trail one sees one's own acts, said so; the page stands at every width", async ({
  page,
}) => {
  const school = await School.with(teachers(1));
  await school.enter(page);
  const trail = new AuditPage(page);
  await trail.goto();
  await expect(page.getByText("Vedi solo le tue operazioni")).toBeVisible();
  await expect(trail.button("Esporta")).toHaveCount(0);
  await expect(trail.entries.first()).toContainText("Accesso");
  for (const [width, height, colorScheme] of [
    [1280, 800, "light"],
    [768, 1024, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height });
    await inColours(page, colorScheme);
    await expectAccessible(page);
    await trail.expectNoSidewaysScroll();
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await trail.expectNoSidewaysScroll();
});
