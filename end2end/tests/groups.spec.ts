// The «Gruppi» dialog: a draft until CHIUDI, never lost by accident, never over somebody else's.

import { expect, test, type Page } from "../fixtures/test.ts";
import { GroupsDialog } from "../pages/groups.dialog.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { School, teachers } from "../support/school.ts";

/** The list of a school of two teachers, with the dialog of the first open. */
async function opened(page: Page, school: School, as = "segreteria"): Promise<{ users: UsersPage; groups: GroupsDialog }> {
  await school.enter(page, as);
  const users = new UsersPage(page);
  await users.goto();
  await users.groupsOf("Bianchi Anna").click();
  const groups = new GroupsDialog(page);
  await expect(groups.self).toHaveAccessibleName("Gruppi di Bianchi Anna");
  await expect(groups.group("Docenti")).toBeChecked();
  return { users, groups };
}

test("CHIUDI saves what the dialog tells, the toast undoes it, the focus comes back", async ({ page }) => {
  const school = await School.with(teachers(2));
  const { users, groups } = await opened(page, school);
  await expect(groups.changes).toHaveText("Nessuna modifica");
  await groups.group("Tutori").check();
  await groups.group("Docenti").uncheck();
  await expect(groups.changes).toHaveText(/^Modifiche: (\+ Tutori, – Docenti|– Docenti, \+ Tutori)$/);
  await groups.close.click();
  await expect(groups.self).toBeHidden();
  await expect(users.groupsOf("Bianchi Anna")).toBeFocused();
  await expect(users.row("Bianchi Anna")).toContainText("Tutori");
  await expect(users.row("Bianchi Anna")).not.toContainText("Docenti");
  await expect(users.row("Conti Anna")).toContainText("Docenti");

  const toast = page.getByRole("region", { name: "Messaggi", exact: true });
  await expect(toast).toContainText("Gruppi di Bianchi Anna aggiornati");
  await toast.getByRole("button", { name: "Annulla modifica" }).click();
  await expect(toast).toContainText("Modifica annullata: gruppi di Bianchi Anna come prima");
  await expect(users.row("Bianchi Anna")).toContainText("Docenti");
  await users.goto();
  await expect(users.row("Bianchi Anna")).toContainText("Docenti");
  await expect(users.row("Bianchi Anna")).not.toContainText("Tutori");
});

test("Esc closes an untouched dialog and asks before it loses a draft; Annulla discards", async ({ page }) => {
  const school = await School.with(teachers(1));
  const { users, groups } = await opened(page, school);
  await page.keyboard.press("Escape");
  await expect(groups.self).toBeHidden();

  await users.groupsOf("Bianchi Anna").click();
  await groups.group("Tutori").check();
  await page.keyboard.press("Escape");
  await expect(groups.alert).toContainText("Modifiche non salvate");
  await expect(groups.self).toBeVisible();
  await expect(groups.button("CHIUDI e salva")).toBeFocused();
  await groups.button("Scarta").click();
  await expect(groups.self).toBeHidden();
  await expect(users.row("Bianchi Anna")).not.toContainText("Tutori");

  await users.groupsOf("Bianchi Anna").click();
  await groups.group("Tutori").check();
  await groups.button("Annulla").click();
  await users.groupsOf("Bianchi Anna").click();
  await expect(groups.group("Docenti")).toBeChecked();
  await expect(groups.group("Tutori"), "the draft was discarded").not.toBeChecked();

  await groups.group("Tutori").check();
  await page.keyboard.press("Escape");
  await groups.button("CHIUDI e salva").click();
  await expect(groups.self).toBeHidden();
  await expect(users.row("Bianchi Anna")).toContainText("Tutori");
});

test("nobody is left without a group, and a stronger group cannot be given", async ({ page }) => {
  const school = await School.with(teachers(1));
  const { users, groups } = await opened(page, school);
  await groups.group("Docenti").uncheck();
  await groups.close.click();
  await expect(groups.alert).toContainText("Scegli almeno un gruppo, oppure disattiva l'utente");
  await expect(groups.self).toBeVisible();
  const strong = groups.group("Amministratori");
  await expect(strong).toHaveAttribute("aria-disabled", "true");
  await strong.focus();
  await page.keyboard.press("Space");
  await expect(strong).not.toBeChecked();
  await expect(strong).toHaveAccessibleDescription(/dà autorizzazioni che non hai/);
  await groups.button("Annulla").click();
  await expect(users.row("Bianchi Anna")).toContainText("Docenti");
});

test("the filter of the dialog hides groups and keeps their ticks", async ({ page }) => {
  const school = await School.with(teachers(1));
  const { users, groups } = await opened(page, school);
  await groups.group("Tutori").check();
  await groups.self.getByLabel("Filtra gruppi").fill("alu");
  await expect(groups.group("Alunni")).toBeVisible();
  await expect(groups.group("Tutori")).toHaveCount(0);
  await groups.close.click();
  await expect(groups.self).toBeHidden();
  await users.goto();
  await expect(users.row("Bianchi Anna")).toContainText("Docenti");
  await expect(users.row("Bianchi Anna")).toContainText("Tutori");
});

test("two secretaries change the same user's groups: the second is told and chooses", async ({
  page,
  browser,
  complaints,
}) => {
  complaints.allow(/409/);
  const school = await School.with(teachers(1), ["segreteria", "collega"]);
  const context = await browser.newContext();
  const second = await context.newPage();
  await complaints.watch(second);
  const { groups: mine, users } = await opened(page, school);
  const { groups: theirs } = await opened(second, school, "collega");

  await theirs.group("Tutori").check();
  await theirs.close.click();
  await expect(theirs.self).toBeHidden();

  await mine.group("Alunni").check();
  await mine.close.click();
  await expect(mine.alert).toContainText("Qualcun altro ha salvato questo utente mentre sceglievi.");
  await expect(mine.alert).toContainText(/Salvato ora: .*Tutori/);
  await expect(mine.alert).toContainText(/La tua scelta: .*Alunni/);
  await expect(mine.group("Alunni"), "the choice stays").toBeChecked();
  await mine.button("Ricarica").click();
  await expect(mine.group("Tutori")).toBeChecked();
  await expect(mine.group("Alunni")).not.toBeChecked();

  // Once more, and this time over the other's.
  await theirs.reload();
  await new UsersPage(second).goto();
  await new UsersPage(second).groupsOf("Bianchi Anna").click();
  await theirs.group("Tutori").uncheck();
  await theirs.close.click();
  await expect(theirs.self).toBeHidden();
  await mine.group("Alunni").check();
  await mine.close.click();
  await mine.button("Sovrascrivi").click();
  await expect(mine.self).toBeHidden();
  await users.goto();
  for (const group of ["Docenti", "Tutori", "Alunni"]) {
    await expect(users.row("Bianchi Anna")).toContainText(group);
  }
  await context.close();
});
