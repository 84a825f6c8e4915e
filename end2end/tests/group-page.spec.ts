// «Gruppi»: who may do what, how long a password is, and from when it is accepted no more.

import { expect, test } from "../fixtures/test.ts";
import { GroupsPage } from "../pages/groups.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectAccessible, inColours } from "../support/axe.ts";
import { PASSWORD, School, teachers } from "../support/school.ts";

test("an administrator makes a group, gives it rights and longer passwords, renames and deletes it", async ({ page, complaints }) => {
  complaints.allow(/422.*group-page/);
  const school = await School.empty();
  await school.staff("capo", "Amministratori");
  await school.enter(page, "capo");
  const users = new UsersPage(page);
  await users.goto();
  await users.tools.click();
  await users.item("Gruppi e autorizzazioni").press("Enter");
  const groups = new GroupsPage(page);
  await expect(groups.title).toHaveText("Gruppi");
  await expect(groups.group("Amministratori")).toContainText("1");
  for (const colours of ["light", "dark"] as const) {
    await inColours(page, colours);
    await expectAccessible(page);
  }

  await groups.link("Nuovo gruppo").press("Enter");
  await groups.button("Salva").press("Enter");
  await expect(groups.problem).toBeFocused();
  for (const colours of ["dark", "light"] as const) {
    await inColours(page, colours);
    await expectAccessible(page);
  }
  await groups.field("Nome in italiano").fill("Tutori");
  await groups.button("Salva").click();
  await expect(groups.problem).toContainText("già");
  await groups.field("Nome in italiano").fill("Mensa scolastica");
  await groups.right("Vedere gli utenti").check();
  await groups.length.selectOption("18 caratteri");
  await groups.button("Salva").click();
  await expect(groups.messages).toContainText("Gruppo Mensa scolastica salvato");
  const canteen = groups.group("Mensa scolastica");
  await expect(canteen).toContainText("Vedere gli utenti");
  await expect(canteen).toContainText("almeno 18 caratteri");

  await groups.edit("Mensa scolastica");
  await groups.field("Nome in italiano").fill("Refettorio");
  // What is half done is not lost by a click beside it.
  await groups.link("Annulla").click();
  await page.getByRole("alertdialog", { name: "Hai modifiche non salvate" }).getByRole("button", { name: "Resta qui" }).click();
  await groups.button("Salva").click();
  await groups.edit("Refettorio");
  await groups.button("Elimina gruppo").click();
  const question = page.getByRole("alertdialog", { name: "Elimina il gruppo Refettorio?" });
  await expect(question).toBeVisible();
  await expectAccessible(page);
  await question.getByRole("button", { name: "Elimina gruppo" }).click();
  await expect(groups.messages).toContainText("Gruppo Refettorio eliminato");
  await expect(groups.group("Refettorio")).toHaveCount(0);
});

test("of two administrators who change the same group the second is told and reads it again", async ({ page, browser, complaints }) => {
  complaints.allow(/409.*group-page/);
  const school = await School.empty();
  await school.staff("capo", "Amministratori");
  await school.staff("vice", "Amministratori");
  await school.enter(page, "capo");
  const first = new GroupsPage(page);
  await first.goto();
  await first.edit("Esterni");
  const beside = await browser.newContext();
  const other = await beside.newPage();
  await school.enter(other, "vice");
  const second = new GroupsPage(other);
  await second.goto();
  await second.edit("Esterni");
  await second.field("Nome in italiano").fill("Ospiti");
  await second.button("Salva").click();
  await expect(second.group("Ospiti")).toBeVisible();
  await beside.close();

  await first.right("Vedere gli utenti").check();
  await first.button("Salva").click();
  await expect(page.getByRole("alert").filter({ hasText: "Qualcun altro ha cambiato questo gruppo" })).toBeVisible();
  await expectAccessible(page);
  await first.button("Ricarica il gruppo").click();
  await expect(first.field("Nome in italiano")).toHaveValue("Ospiti");
  await expect(first.right("Vedere gli utenti")).not.toBeChecked();
  await first.right("Vedere gli utenti").check();
  await first.button("Salva").click();
  await expect(first.group("Ospiti")).toContainText("Vedere gli utenti");
});

test("from the day a group sets its members enter with a password no more, nor go on with an open session", async ({ page, browser, complaints }) => {
  complaints.allow(/40[139].*sign_in/);
  const school = await School.empty();
  await school.staff("capo", "Amministratori");
  await school.staff("genitore", "Tutori");
  const home = await browser.newContext();
  const parent = await home.newPage();
  await school.enter(parent, "genitore");
  await parent.goto("/io");
  await expect(parent.getByRole("heading", { level: 1 })).toBeVisible();

  await school.enter(page, "capo");
  const groups = new GroupsPage(page);
  await groups.goto();
  await groups.edit("Tutori");
  await groups.offFrom.fill("2026-09-01");
  await groups.button("Salva").click();
  await expect(groups.group("Tutori")).toContainText("No, dal 01/09/2026");

  const told = "Dal 01/09/2026 il tuo gruppo entra solo con SPID o CIE";
  const signIn = new SignInPage(parent);
  await parent.goto("/io");
  await expect(parent).toHaveURL(/\/accesso\?esito=spid/);
  await expect(signIn.problem).toContainText(told);
  await expectAccessible(parent);
  await parent.context().clearCookies();
  await signIn.goto();
  await signIn.signIn(school.code, "genitore", PASSWORD);
  await expect(signIn.problem).toContainText(told);
  await home.close();
});

test("whoever reads users sees who is in a group, page by page, and changes nothing", async ({ page }) => {
  const school = await School.with(teachers(60));
  await school.enter(page);
  const groups = new GroupsPage(page);
  await groups.goto();
  await expect(page.getByText("Per cambiarli serve il diritto «amministrare».")).toBeVisible();
  await expect(groups.link("Nuovo gruppo")).toHaveCount(0);
  await groups.table.getByRole("link", { name: "Docenti", exact: true }).press("Enter");
  await expect(groups.title).toHaveText("Docenti");
  await expect(page.getByRole("heading", { name: "Utenti del gruppo: 60" })).toBeVisible();
  await expect(groups.members.getByRole("row")).toHaveCount(26);
  await expectAccessible(page);
  const next = groups.pager.getByRole("button", { name: "Successivo" });
  await next.press("Enter");
  await expect(page).toHaveURL(/pagina=2$/);
  await expect(groups.members.getByRole("row")).toHaveCount(26);
  await expect(next).toBeFocused();
  await next.press("Enter");
  await expect(groups.members.getByRole("row")).toHaveCount(11);
  for (const [width, height] of [[768, 1024], [320, 640]] as const) {
    await page.setViewportSize({ width, height });
    // From its beginning: half under the header nothing is as large as it is.
    await groups.open(new URL(page.url()).pathname);
    await groups.expectNoSidewaysScroll();
    await expectAccessible(page);
  }
  await groups.goto();
  await groups.expectNoSidewaysScroll();
  await expectAccessible(page);

  await groups.open("/gruppi/nuovo");
  await expect(groups.title).toContainText("Non hai l'autorizzazione");
});
