// «Password dimenticata?»: from the sign-in page to a new password, with and without JavaScript.

import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { SignInPage } from "../pages/sign-in.page.ts";
import { expectAccessible } from "../support/axe.ts";
import { mailsTo } from "../support/mailbox.ts";
import { School, mailFolder } from "../support/school.ts";

const NEW = "otto cavalli bevono tisana";

/** The links of the newest mail to an address. */
async function links(address: string): Promise<string[]> {
  let found: string[] = [];
  await expect
    .poll(async () => {
      const text = (await mailsTo(mailFolder(), address)).at(-1)?.text ?? "";
      found = [...text.matchAll(/https?:\/\/\S+\/reimposta-password#\S+/g)].map((m) => m[0]);
      return found.length;
    })
    .toBeGreaterThan(0);
  return found;
}

test("a shared mailbox gets one mail with everybody, and a link sets a password once", async ({ page }) => {
  const school = await School.empty();
  const address = school.mail("casa");
  await school.users([
    { username: "6000001", surname: "Riva", name: "Madre", mail: address, groups: "Tutori" },
    { username: "6000002", surname: "Riva", name: "Padre", mail: address, groups: "Tutori" },
  ]);
  const signIn = new SignInPage(page);
  await signIn.goto();
  await signIn.link("Password dimenticata?").press("Enter");
  await expect(signIn.title).toHaveText("Password dimenticata?");
  await expectAccessible(page);
  await signIn.organisation.fill(school.code);
  await signIn.field("Nome utente o indirizzo e-mail").fill(address.toUpperCase());
  await page.keyboard.press("Enter");
  await expect(signIn.title).toHaveText("Controlla la posta");
  await expectAccessible(page);

  const [mother] = await links(address);
  const mails = await mailsTo(mailFolder(), address);
  expect(mails).toHaveLength(1);
  expect(mails[0]!.text).toContain("6000002");

  const reset = new BasePage(page);
  await reset.open(mother!.slice(mother!.indexOf("/reimposta-password")));
  await expect(reset.title).toHaveText("Scegli una nuova password");
  await reset.field("Nuova password").fill("corta");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "C'è un problema" })).toBeVisible();
  await expectAccessible(page);
  await reset.field("Nuova password").fill(NEW);
  await page.keyboard.press("Enter");
  await expect(reset.title).toHaveText("Password cambiata");

  await reset.open(mother!.slice(mother!.indexOf("/reimposta-password")));
  await reset.field("Nuova password").fill(NEW);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Questo link non vale più")).toBeVisible();

  await signIn.goto();
  await signIn.signIn(school.code, "6000001", NEW);
  await signIn.leaveFor("/io");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the link is asked for and its code is copied into the field", async ({ page }) => {
    const school = await School.empty();
    const address = school.mail("uno");
    await school.users([{ username: "6100001", surname: "Riva", name: "Uno", mail: address, groups: "Tutori" }]);
    await page.goto("/password-dimenticata");
    await page.getByRole("textbox", { name: "Ente", exact: true }).fill(school.code);
    await page.getByRole("textbox", { name: "Nome utente o indirizzo e-mail" }).fill("6100001");
    await page.getByRole("button", { name: "Invia il link" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Controlla la posta");
    const [link] = await links(address);
    await page.goto("/reimposta-password");
    await page.getByRole("textbox", { name: "Codice del link" }).fill(link!.split("#")[1]!);
    await page.getByLabel("Nuova password", { exact: true }).fill(NEW);
    await page.getByRole("button", { name: "Salva la password" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Password cambiata");
  });
});
