// The main journey with no pointer: keys alone, and the focus never in nowhere.

import { expect, test } from "../fixtures/test.ts";
import { GroupsDialog } from "../pages/groups.dialog.page.ts";
import { OperationPage, SendPage } from "../pages/send.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { UsersPage } from "../pages/users.page.ts";
import { expectFocusSomewhere, tabTo } from "../support/keyboard.ts";
import { mailsTo } from "../support/mailbox.ts";
import { PASSWORD, School, mailFolder, teachers } from "../support/school.ts";

test("signing in, filtering, selecting a range, sending: by keys alone", async ({ page }) => {
  const school = await School.with([
    ...teachers(4),
    { username: "9000001", surname: "Abate", name: "Tutrice", mail: "tutrice@famiglie.example", groups: "Tutori" },
  ]);
  const keys = page.keyboard;
  const signIn = new SignInPage(page);
  await signIn.goto();
  await tabTo(page, signIn.organisation);
  await keys.type(school.code);
  await keys.press("Tab");
  await expect(signIn.username).toBeFocused();
  await keys.type("segreteria");
  await keys.press("Tab");
  await keys.type(PASSWORD);
  await keys.press("Enter");
  await signIn.leaveFor("/");

  const users = new UsersPage(page);
  await users.open("/utenti");
  await keys.press("Tab");
  await expect(page.getByRole("link", { name: "Vai al contenuto" })).toBeFocused();
  await tabTo(page, users.groupFilter);
  await keys.press("Enter");
  const docenti = page.getByRole("checkbox", { name: "Docenti", exact: true });
  await expect(docenti).toBeFocused();
  await keys.press("Space");
  await tabTo(page, users.button("Applica"));
  await keys.press("Enter");
  await users.expectFound(4);
  await expectFocusSomewhere(page, "Applica");

  await tabTo(page, users.tick("Bianchi Anna"));
  await keys.press("Space");
  await expect(users.selection).toContainText("1 utente selezionato");
  await tabTo(page, users.tick("Esposito Anna"));
  await keys.press("Shift+Space");
  await expect(users.selection).toContainText("3 utenti selezionati");
  await expect(users.tick("Conti Anna"), "the range holds who stands between").toBeChecked();
  await expect(users.tick("Ferrari Anna")).not.toBeChecked();

  await tabTo(page, users.tools, "Shift+Tab");
  await keys.press("ArrowDown");
  const send = users.item(/^Invio credenziali ad utenti selezionati \(3\)$/);
  await expect(send).toBeFocused();
  await keys.press("ArrowUp");
  await expect(page.getByRole("menuitem").last()).toBeFocused();
  await keys.press("Escape");
  await expect(users.tools).toBeFocused();
  await keys.press("Enter");
  await keys.press("End");
  await keys.press("i");
  await expect(send, "a letter leads to the item").toBeFocused();
  await keys.press("Enter");

  const check = new SendPage(page);
  await expect(check.title).toBeFocused();
  await tabTo(page, check.submit);
  await expect(check.submit).toHaveText(/Invia le credenziali a 3 utenti/);
  await keys.press("Enter");
  const operation = new OperationPage(page);
  await expect(operation.title).toHaveText(/^Invio credenziali – operazione/);
  await expect(operation.state).toHaveText("Completata", { timeout: 30_000 });
  await expectFocusSomewhere(page, "sending");
  const mine = (await mailsTo(mailFolder(), "ferrari@docenti.example")).filter((m) => m.text?.includes(school.name));
  expect(mine, "who was not selected gets nothing").toHaveLength(0);
  const theirs = (await mailsTo(mailFolder(), "conti@docenti.example")).filter((m) => m.text?.includes(school.name));
  expect(theirs).toHaveLength(2);
});

test("the groups dialog and the pager: by keys alone", async ({ page }) => {
  const school = await School.with(teachers(12));
  await school.enter(page);
  const keys = page.keyboard;
  const users = new UsersPage(page);
  await users.goto("?righe=10");
  await tabTo(page, users.groupsOf("Bianchi Anna"));
  await keys.press("Enter");
  const groups = new GroupsDialog(page);
  await expect(groups.self.getByLabel("Filtra gruppi")).toBeFocused();
  await tabTo(page, groups.group("Tutori"));
  await keys.press("Space");
  await tabTo(page, groups.close);
  // Tab stays inside: after the last control comes the browser's own or the first again.
  await keys.press("Tab");
  const outside = await page.evaluate(() => {
    const e = document.activeElement;
    return e !== document.body && e?.closest("dialog") === null;
  });
  expect(outside, "the page behind is out of reach").toBe(false);
  await keys.press("Shift+Tab");
  await expect(groups.close).toBeFocused();
  await keys.press("Enter");
  await expect(groups.self).toBeHidden();
  await expect(users.groupsOf("Bianchi Anna")).toBeFocused();
  await expect(users.row("Bianchi Anna")).toContainText("Tutori");

  const last = users.pager.getByRole("button", { name: "Ultimo" });
  await tabTo(page, last);
  await keys.press("Enter");
  await expect(users.rows).toHaveCount(3);
  await expect(last, "the button at the edge keeps the focus").toBeFocused();
  await expect(last).toHaveAttribute("aria-disabled", "true");
  await keys.press("Enter");
  await expect(users.rows).toHaveCount(3);

  await users.goto("?righe=10");
  await keys.press("Tab");
  await keys.press("Enter");
  await keys.press("Tab");
  const inMain = await page.evaluate(() => document.activeElement?.closest("main") !== null);
  expect(inMain, "the skip link leads into the content").toBe(true);
});
